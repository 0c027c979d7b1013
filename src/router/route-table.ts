// One entrypoint's routes, and the first that matches a request. Indexed by host: a lookup looks at the routes that name
// the request's host and at those that name none, however many others there are.
import type { Handler, RequestHead } from '../exchange/exchange.ts'
import { parentStart } from './host-pattern.ts'
import { compileMatcher } from './matcher.ts'
import type { Matcher } from './matcher-table.ts'
import type { Rule } from './rule.ts'
import { hostsOfRule } from './rule-hosts.ts'

export interface Route {
  /** Qualified, and unique in a table. */
  readonly name: string
  readonly rule: Rule
  /** The rule as the user wrote it: its length is the default priority. */
  readonly ruleText: string
  /** Undefined or 0: the length of the rule text in bytes. */
  readonly priority: bigint | undefined
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

/** Compiles the routes' rules. Work and memory grow with the hosts named in the rules, not with routes times hosts. */
export function buildRouteTable(routes: readonly Route[]): RouteTable {
  const byHost: Index = new Map()
  const byParent: Index = new Map()
  const anyHost: Candidate[] = []
  for (const [rank, route] of rankRoutes(routes).entries()) {
    const candidate = { rank, matches: compileMatcher(route.rule), route }
    for (const pattern of hostsOfRule(route.rule) ?? [{ kind: 'any' }]) {
      if (pattern.kind === 'host') add(byHost, pattern.host, candidate)
      else if (pattern.kind === 'subdomains') add(byParent, pattern.parent, candidate)
      else anyHost.push(candidate)
    }
  }
  return (head) => {
    const parent = byParent.size === 0 ? -1 : parentStart(head.host)
    const wildcard = parent === -1 ? none : (byParent.get(head.host.slice(parent)) ?? none)
    return firstMatch(head, byHost.get(head.host) ?? none, wildcard, anyHost)
  }
}

/**
 * The order in which routes are tried: higher priority, then longer rule, then name. Nothing is left to chance, unlike
 * in Traefik, where routes of equal priority are tried in random order.
 */
export function rankRoutes(routes: readonly Route[]): Route[] {
  const keyed = routes.map((route) => {
    const length = BigInt(Buffer.byteLength(route.ruleText))
    return { route, length, priority: route.priority === undefined || route.priority === 0n ? length : route.priority }
  })
  keyed.sort(
    (a, b) => compare(b.priority, a.priority) || compare(b.length, a.length) || compare(a.route.name, b.route.name),
  )
  return keyed.map(({ route }) => route)
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
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
