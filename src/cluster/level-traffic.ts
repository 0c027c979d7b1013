// Under `bytraffic` a member that comes late, or back, has carried less than its fellows, and would be given every request
// until it has caught up (as in Apache). It is treated as if it had carried as much as they did on average.
import type { Entry } from './entry.ts'

export function levelTraffic(entry: Entry, ofService: Iterable<Entry>): void {
  if (entry.balancing.method !== 'bytraffic') return
  const loads = [...ofService].flatMap((other) => (other !== entry && other.member.row.available ? loadOf(other) : []))
  if (loads.length === 0) return
  const average = loads.reduce((sum, load) => sum + load, 0) / loads.length
  const short = average - loadOf(entry)
  const { row, config } = entry.member
  if (short > 0) row.handicap += short * config.weight
}

/** Bytes for each unit of weight, as the method compares them. */
function loadOf({ member: { row, config } }: Entry): number {
  return (row.to + row.from + row.handicap) / config.weight
}
