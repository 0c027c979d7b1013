// `hrw` (Traefik): highest random weight. A client's address and the slot make a number; the highest takes the client. When
// a member comes or goes, only the clients move that it takes or leaves.
import type { Balancer, Choose } from './method.ts'

export function hrw({ members }: Balancer): Choose {
  return (mayTake, { head: { clientIp } }) => {
    let chosen: number | undefined
    let highest = -1
    for (const [index, { slot, weight }] of members.entries()) {
      if (!mayTake(index)) continue
      // Weighted as Traefik does it: members get clients in proportion to their weights.
      const score = weight / -Math.log(fraction(`${clientIp}\0${slot}`))
      if (score <= highest) continue
      chosen = index
      highest = score
    }
    return chosen
  }
}

/** Between 0 and 1, both excluded. FNV-1a with MurmurHash3's last steps: alone it hardly tells texts of different ends apart. */
function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash ^= hash >>> 16
  return ((hash >>> 0) + 0.5) / 2 ** 32
}
