// All elections of one kind, from one declaration to the next. Only names whose claims changed are decided again, and
// what comes out equal stays the same object: whoever works with it sees by identity that nothing changed.
import type { ObjectKind } from '../../model/problem.ts'
import { elect } from './election.ts'
import type { Claim, Election, Held, Offered } from './election.ts'
import type { Offer } from './offer.ts'
import { ownerOf } from './precedence.ts'

export interface Decided<T, R> {
  readonly election: Election<T>
  /** What the name stands for. */
  readonly result: R
}

export interface Outcome<T, R> {
  /** The same map as last time when nothing in it changed. */
  readonly decided: ReadonlyMap<string, Decided<T, R>>
  /** Names that more than one container claims. */
  readonly contested: readonly (readonly [string, Decided<T, R>])[]
}

interface Remembered<T, R> extends Decided<T, R> {
  readonly claims: readonly Claim<T>[]
}

interface RememberedOutcome<T, R> extends Outcome<T, R> {
  readonly decided: ReadonlyMap<string, Remembered<T, R>>
}

interface Electorate<T, R> {
  readonly kind: ObjectKind
  readonly claims: (offer: Offer) => readonly Claim<T>[]
  /** What the claims that hold a name make of it; `last` is what came of it before, to be kept where it is equal. */
  readonly settle: (held: Held<T>, last: R | undefined) => R
}

export class Elections<T extends Offered, R> {
  readonly #electorate: Electorate<T, R>
  #last: RememberedOutcome<T, R> = { decided: new Map(), contested: [] }

  constructor(electorate: Electorate<T, R>) {
    this.#electorate = electorate
  }

  hold(offers: readonly Offer[]): Outcome<T, R> {
    const last = this.#last.decided
    const decided = new Map<string, Remembered<T, R>>()
    const contested: (readonly [string, Decided<T, R>])[] = []
    let kept = 0
    for (const [name, claims] of this.#claimsByName(offers)) {
      const before = last.get(name)
      const now = before !== undefined && haveSame(before.claims, claims) ? before : this.#decide(name, claims, before)
      if (now === before) kept++
      decided.set(name, now)
      if (claims.length > 1) contested.push([name, now])
    }
    if (kept < last.size || kept < decided.size) this.#last = { decided, contested }
    return this.#last
  }

  #claimsByName(offers: readonly Offer[]): ReadonlyMap<string, readonly Claim<T>[]> {
    const byName = new Map<string, Claim<T>[]>()
    for (const offer of offers) {
      for (const claim of this.#electorate.claims(offer)) {
        const claims = byName.get(claim.name)
        if (claims === undefined) byName.set(claim.name, [claim])
        else claims.push(claim)
      }
    }
    return byName
  }

  #decide(name: string, claims: readonly Claim<T>[], before: Decided<T, R> | undefined): Remembered<T, R> {
    const { kind, settle } = this.#electorate
    const holder = before?.election.held[0].container
    const election = elect({ kind, name }, claims, holder === undefined ? undefined : ownerOf(holder))
    return { claims, election, result: settle(election.held, before?.result) }
  }
}

function haveSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((element, i) => element === b[i])
}
