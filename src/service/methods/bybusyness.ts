// `bybusyness` (Apache): the member with the fewest requests under way; among equals whoever is due by weight.
import { leastOf } from './least.ts'
import type { Balancer, Choose } from './method.ts'

export function byBusyness(balancer: Balancer): Choose {
  const { members } = balancer
  return leastOf(balancer, (scores) => {
    for (const [index, { row }] of members.entries()) scores[index] = (row.busy + 1) / row.share
  })
}
