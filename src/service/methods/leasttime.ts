// `leasttime` (Traefik): the member that answers soonest, by the mean time to the head of its answers, for every request it
// has under way and for its weight.
import { leastOf } from './least.ts'
import type { Balancer, Choose } from './method.ts'

export function leastTime(balancer: Balancer): Choose {
  const { members } = balancer
  return leastOf(balancer, (scores, mayTake) => {
    let sum = 0
    let known = 0
    for (const [index, { row }] of members.entries()) {
      const { latency } = row
      scores[index] = latency
      if (latency === 0 || !mayTake(index)) continue
      sum += latency
      known++
    }
    // Nothing is known of one that has just come: it counts as average, or it would be given every request until it answers.
    const average = known === 0 ? 1 : sum / known
    for (const [index, { row, weight }] of members.entries()) {
      scores[index] = ((scores[index] || average) * (1 + row.busy)) / (weight * row.share)
    }
  })
}
