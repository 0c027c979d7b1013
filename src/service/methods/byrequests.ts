// The `byrequests` method (Apache; Traefik's wrr): members in turn, in proportion to their weights. The order is exact
// over all threads and connections, and nobody who is passed over costs the others their turns.
import type { Turns } from '../ledger/turns.ts'
import type { Member } from './member.ts'

/** @param tried passed over, so that a repeated request reaches another member */
export type Pick = (tried?: readonly Member[]) => Member | undefined

export function byRequests(members: readonly Member[], turns: Turns): Pick {
  const isAvailable = (index: number): boolean => members[index]?.row.available === true
  return (tried) => {
    const index = turns.take(
      tried === undefined
        ? isAvailable
        : (candidate) => isAvailable(candidate) && !tried.includes(members[candidate] as Member),
    )
    return index === undefined ? undefined : members[index]
  }
}
