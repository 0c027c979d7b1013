// One entrypoint's routes, and the first that matches a request. Indexed by host: a lookup looks at the routes that name
// the request's host and at those that name none, however many others there are.
import type { Handler, RequestHead } from '../exchange/exchange.ts'
import { compileRule } from './compiled-rule.ts'
import { parentStart } from './host-pattern.ts'
import type { Matcher } from './matcher-table.ts'
import { rankRoutes } from './route-order.ts'
import type { Ranked } from './route-order.ts'
import type { Rule } from './rule.ts'

export interface Route extends Ranked {
  readonly rule: Rule
  readonly handler: Handler
}

export type RouteTable = (head: RequestHead) => Route | undefined

interface Candidate {
  readonly rank: number
  readonly matches: Matcher
  readonly route: Route
}

/** A list of candidates in rank order, by host or by the parent of a wildcard. */
type Index = Map<string, Candidate[]>

const none: readonly Candidate[] = []

/**
 * Work and memory grow with the hosts named in the rules, not with routes times hosts. Rules seen before are not compiled
 * again: with each update every thread builds the tables of all routes.
 */
export function buildRouteTable(routes: readonly Route[]): RouteTable {
  const byHost: Index = new Map()
  const byParent: Index = new Map()
  const anyHost: Candidate[] = []
  for (const [rank, route] of rankRoutes(routes).entries()) {
    const { matches, hosts } = compileRule(route.rule)
    const candidate = { rank, matches, route }
    if (hosts === undefined) anyHost.push(candidate)
    for (const pattern of hosts ?? []) {
      if (pattern.kind === 'host') add(byHost, pattern.host, candidate)
      else if (pattern.kind === 'subdomains') add(byParent, pattern.parent, candidate)
    }
  }
  return (head) => {
    const parent = byParent.size === 0 ? -1 : parentStart(head.host)
    const wildcard = parent === -1 ? none : (byParent.get(head.host.slice(parent)) ?? none)
    return firstMatch(head, byHost.get(head.host) ?? none, wildcard, anyHost)
  }
}

function add(index: Index, key: string, candidate: Candidate): void {
  const list = index.get(key)
  if (list === undefined) index.set(key, [candidate])
  // Ranks come in order, so a rule that names a host twice shows as the last one.
  else if (list.at(-1) !== candidate) list.push(candidate)
}

/** Walks three lists in rank order as if they were one; merging them beforehand would copy the third for every host. */
function firstMatch(
  head: RequestHead,
  exact: readonly Candidate[],
  wildcard: readonly Candidate[],
  anyHost: readonly Candidate[],
): Route | undefined {
  let e = 0
  let w = 0
  let g = 0
  for (;;) {
    const a = exact[e]
    const b = wildcard[w]
    const c = anyHost[g]
    const next = first(first(a, b), c)
    if (next === undefined) return undefined
    if (next.matches(head)) return next.route
    // A route may stand in more than one list.
    if (next === a) e++
    if (next === b) w++
    if (next === c) g++
  }
}

function first(a: Candidate | undefined, b: Candidate | undefined): Candidate | undefined {
  if (a === undefined) return b
  return b === undefined || a.rank < b.rank ? a : b
}
