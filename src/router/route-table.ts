// One entrypoint's routes, and the first that matches a request. Indexed by host: a lookup looks at the routes that name
// the request's host and at those that name none, however many others there are.
import type { Handler, RequestHead } from '../exchange/exchange.ts'
import { addRanked, addTo, candidateOf, dropGone, markGone } from './candidates.ts'
import type { Candidate as CandidateOf } from './candidates.ts'
import { parentStart } from './host-pattern.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Ranked } from './route-order.ts'
import type { Rule } from './rule.ts'

export interface Route extends Ranked {
  readonly rule: Rule
  readonly handler: Handler
}

type Candidate = CandidateOf<Route>

/** A list of candidates in rank order, by host or by the parent of a wildcard. */
type Index = Map<string, Candidate[]>

const none: readonly Candidate[] = []

/** Work and memory grow with the hosts named in the rules, not with routes times hosts. */
export class RouteTable {
  readonly #byName = new Map<string, Candidate>()
  readonly #ordered: Candidate[] = []
  readonly #byHost: Index = new Map()
  readonly #byParent: Index = new Map()
  readonly #anyHost: Candidate[] = []

  find(head: RequestHead): Route | undefined {
    const parent = this.#byParent.size === 0 ? -1 : parentStart(head.host)
    const wildcard = parent === -1 ? none : (this.#byParent.get(head.host.slice(parent)) ?? none)
    return firstMatch(head, this.#byHost.get(head.host) ?? none, wildcard, this.#anyHost)
  }

  /**
   * Takes in the route of each name; undefined: it is gone. Costs what changed, and a number per route there is. Throws only
   * where `compileRule` does, and then nothing has changed.
   */
  update(changes: ReadonlyMap<string, Route | undefined>): void {
    const added: Candidate[] = []
    const removed: Candidate[] = []
    for (const [name, route] of changes) {
      if (route !== undefined) added.push(candidateOf(route))
      const before = this.#byName.get(name)
      if (before !== undefined) removed.push(before)
    }
    if (removed.length > 0) this.#remove(removed)
    if (added.length > 0) this.#add(added)
  }

  #remove(removed: readonly Candidate[]): void {
    for (const candidate of removed) {
      markGone(candidate)
      this.#byName.delete(candidate.route.name)
    }
    dropGone(this.#ordered)
    if (removed.some(({ hosts }) => hosts === undefined)) dropGone(this.#anyHost)
    for (const { hosts } of removed) {
      for (const pattern of hosts ?? []) {
        const [index, key] = this.#placeOf(pattern)
        const list = index.get(key)
        if (list === undefined) continue
        dropGone(list)
        if (list.length === 0) index.delete(key)
      }
    }
  }

  #add(added: Candidate[]): void {
    addRanked(this.#ordered, added)
    for (const candidate of added) {
      const { hosts, route } = candidate
      this.#byName.set(route.name, candidate)
      if (hosts === undefined) addTo(this.#anyHost, candidate)
      for (const pattern of hosts ?? []) {
        const [index, key] = this.#placeOf(pattern)
        const list = index.get(key)
        if (list === undefined) index.set(key, [candidate])
        else addTo(list, candidate)
      }
    }
  }

  #placeOf(pattern: HostPattern): readonly [Index, string] {
    if (pattern.kind === 'subdomains') return [this.#byParent, pattern.parent]
    // `*` bounds nothing, so no rule names it among its hosts.
    return [this.#byHost, pattern.kind === 'host' ? pattern.host : '*']
  }
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
