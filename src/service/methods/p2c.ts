// `p2c` (Traefik): of two members drawn by lot the one with fewer requests under way; weights do not count.
import type { Balancer, Choose } from './method.ts'

export function powerOfTwo({ members }: Balancer): Choose {
  const draw = lots()
  const candidates: number[] = []
  return (mayTake) => {
    candidates.length = 0
    for (let i = 0; i < members.length; i++) if (mayTake(i)) candidates.push(i)
    const first = draw(candidates.length)
    const second = (first + 1 + draw(candidates.length - 1)) % candidates.length
    const [a, b] = [candidates[first], candidates[second]]
    if (a === undefined || b === undefined) return a
    return load(members[b]) < load(members[a]) ? b : a
  }
}

function load(member: Balancer['members'][number] | undefined): number {
  return member === undefined ? Number.POSITIVE_INFINITY : (member.row.busy + 1) / member.row.share
}

/** Marsaglia's xorshift, from the same beginning every time: what happened can be made to happen again. */
function lots(): (below: number) => number {
  let state = 0x9e3779b9
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return below > 0 ? (state >>> 0) % below : 0
  }
}
