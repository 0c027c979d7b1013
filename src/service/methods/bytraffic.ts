// `bytraffic` (Apache): the member that has carried the fewest bytes, both ways, for its weight. In Apache one that is added
// later starts at nothing and is flooded until it has caught up; here it starts at the average (`LedgerRow.handicap`).
import { leastOf } from './least.ts'
import type { Balancer, Choose } from './method.ts'

export function byTraffic(balancer: Balancer): Choose {
  const { members } = balancer
  return leastOf(balancer, (scores) => {
    for (const [index, { row, weight }] of members.entries()) {
      scores[index] = (row.to + row.from + row.handicap) / (weight * row.share)
    }
  })
}
