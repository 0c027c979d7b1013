// Lists of routes in the order they are tried, changed in place: an update of one route costs one place in each of its lists.
import { compileRule } from './compiled-rule.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Matcher } from './matcher-table.ts'
import { compareKeyed, keyed } from './route-order.ts'
import type { Keyed, Ranked } from './route-order.ts'
import type { Rule } from './rule.ts'

export interface Candidate<R extends Ranked> extends Keyed<R> {
  readonly matches: Matcher
  /** As `hostsOfRule`; undefined: any. */
  readonly hosts: readonly HostPattern[] | undefined
  /** The smaller is tried first; `gone`: it is about to leave its lists. */
  rank: number
}

const gone = -1

/** Throws where `compileRule` does. */
export function candidateOf<R extends Ranked & { readonly rule: Rule }>(route: R): Candidate<R> {
  const { priority, length } = keyed(route)
  const { matches, hosts } = compileRule(route.rule)
  return { route, priority, length, matches, hosts, rank: gone }
}

/** Puts some more among all the routes of a table, and sorts them: in their order, each goes to the end of its lists. */
export function addRanked<C extends Candidate<Ranked>>(all: C[], added: C[]): void {
  added.sort(compareKeyed)
  const isFew = added.length * 16 < all.length
  if (isFew) for (const candidate of added) insert(all, candidate, compareKeyed)
  else {
    for (const candidate of added) all.push(candidate)
    all.sort(compareKeyed)
  }
  all.forEach(rankAs)
}

/** Where ranks are known. A rule that names a host twice stands in its list once. */
export function addTo<C extends Candidate<Ranked>>(list: C[], candidate: C): void {
  insert(list, candidate, compareRanks)
}

/** They leave their lists by `dropGone`. */
export function markGone(candidate: Candidate<Ranked>): void {
  candidate.rank = gone
}

export function dropGone(list: Candidate<Ranked>[]): void {
  let kept = 0
  for (const candidate of list) if (candidate.rank !== gone) list[kept++] = candidate
  list.length = kept
}

function insert<C extends Candidate<Ranked>>(list: C[], candidate: C, compare: (a: C, b: C) => number): void {
  let from = 0
  let to = list.length
  while (from < to) {
    const middle = (from + to) >>> 1
    const other = list[middle]
    if (other !== undefined && compare(other, candidate) < 0) from = middle + 1
    else to = middle
  }
  if (list[from] !== candidate) list.splice(from, 0, candidate)
}

function rankAs(candidate: Candidate<Ranked>, index: number): void {
  candidate.rank = index
}

function compareRanks(a: Candidate<Ranked>, b: Candidate<Ranked>): number {
  return a.rank - b.rank
}
