// `byrequests` (Apache; Traefik's wrr): members in turn, in proportion to their weights. The order is exact over all threads
// and connections, and nobody who is passed over costs the others their turns.
import type { Balancer, Choose } from './method.ts'

export function byRequests({ members, turns }: Balancer): Choose {
  /** What a slow starter has earned of its next turn. */
  const earned = members.map(() => 0)
  const isWarm = (index: number): boolean => {
    const share = members[index]?.row.share ?? 1
    if (share === 1) return true
    const saved = (earned[index] ?? 0) + share
    earned[index] = saved >= 1 ? saved - 1 : saved
    return saved >= 1
  }
  return (mayTake) => {
    // Two looks: where everybody starts slowly, somebody must take it all the same.
    const index = turns.take((candidate) => mayTake(candidate) && isWarm(candidate))
    return index ?? turns.take(mayTake)
  }
}
