// What `bytraffic`, `bybusyness` and `leasttime` share: the member with the least of something, and among equals whose
// turn it is.
import type { Balancer, Choose } from './method.ts'

/**
 * @param scores puts the score of each member in its place; asked once per choice
 */
export function leastOf(
  { members, turns }: Balancer,
  scores: (into: Float64Array, mayTake: (index: number) => boolean) => void,
): Choose {
  const scored = new Float64Array(members.length)
  return (mayTake) => {
    scores(scored, mayTake)
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < members.length; i++) {
      if (!mayTake(i)) scored[i] = Number.POSITIVE_INFINITY
      else least = Math.min(least, scored[i] ?? least)
    }
    if (least === Number.POSITIVE_INFINITY) return undefined
    return turns.take((index) => scored[index] === least)
  }
}
