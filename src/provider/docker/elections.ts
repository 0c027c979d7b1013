// All elections of one kind, from one declaration to the next. Only names whose claims changed are decided again, and
// what comes out equal stays the same object: whoever works with it sees by identity that nothing changed.
import type { Changes } from '../../model/changes.ts'
import type { ObjectKind, Problem } from '../../model/problem.ts'
import { elect } from './election.ts'
import type { Claim, Election, Held, Offered } from './election.ts'
import type { Offer } from './offer.ts'
import type { OfferChanges } from './offers.ts'
import { byName, ownerOf } from './precedence.ts'

export interface Decided<T, R> {
  readonly election: Election<T>
  /** What the name stands for. */
  readonly result: R
}

export interface Outcome<T, R> {
  /** As of now: the next `hold` changes it in place. */
  readonly decided: ReadonlyMap<string, Decided<T, R>>
  /** The names that were decided again; undefined: nobody claims it any more. */
  readonly changes: Changes<string, Decided<T, R>>
  /** By name, those that somebody claims in vain or otherwise; the same list as last time when nothing in it changed. */
  readonly contested: readonly (readonly [string, Decided<T, R>])[]
  /** Of those names; likewise. */
  readonly problems: readonly Problem[]
}

interface Remembered<T, R> extends Decided<T, R> {
  readonly claims: readonly Claim<T>[]
}

interface Electorate<T, R> {
  readonly kind: ObjectKind
  readonly claims: (offer: Offer) => readonly Claim<T>[]
  /** What the claims that hold a name make of it; `last` is what came of it before, to be kept where it is equal. */
  readonly settle: (held: Held<T>, last: R | undefined) => R
}

export class Elections<T extends Offered, R> {
  readonly #electorate: Electorate<T, R>
  readonly #decided = new Map<string, Remembered<T, R>>()
  #contested: Outcome<T, R>['contested'] = []
  #problems: readonly Problem[] = []

  constructor(electorate: Electorate<T, R>) {
    this.#electorate = electorate
  }

  hold({ came, gone }: OfferChanges): Outcome<T, R> {
    const { claims } = this.#electorate
    const withdrawn = new Set(gone.flatMap(claims))
    const raised = Map.groupBy(came.flatMap(claims), nameOf)
    const changes = new Map<string, Remembered<T, R> | undefined>()
    for (const name of new Set([...[...withdrawn].map(nameOf), ...raised.keys()])) {
      const before = this.#decided.get(name)
      const stayed = before?.claims.filter((claim) => !withdrawn.has(claim)) ?? []
      changes.set(name, this.#decide(name, [...stayed, ...(raised.get(name) ?? [])], before))
    }
    this.#take(changes)
    return { decided: this.#decided, changes, contested: this.#contested, problems: this.#problems }
  }

  #decide(name: string, claims: Claim<T>[], before: Decided<T, R> | undefined): Remembered<T, R> | undefined {
    if (claims.length === 0) return undefined
    const { kind, settle } = this.#electorate
    // Who is named in a problem must not depend on who came first.
    claims.sort((a, b) => byName(a.container, b.container))
    const holder = before?.election.held[0].container
    const election = elect({ kind, name }, claims, holder === undefined ? undefined : ownerOf(holder))
    return { claims, election, result: settle(election.held, before?.result) }
  }

  #take(changes: Changes<string, Remembered<T, R>>): void {
    const contested = new Map(this.#contested)
    let same = true
    for (const [name, now] of changes) {
      if (now === undefined) this.#decided.delete(name)
      else this.#decided.set(name, now)
      if (contested.delete(name)) same = false
      if (now === undefined || !isContested(now.election)) continue
      contested.set(name, now)
      same = false
    }
    if (same) return
    this.#contested = [...contested].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#problems = this.#contested.flatMap(([, { election }]) => election.problems)
  }
}

function isContested({ refused, problems }: Election<unknown>): boolean {
  return refused.length > 0 || problems.length > 0
}

function nameOf({ name }: Claim<unknown>): string {
  return name
}
