// A member's state as Apache's manager writes it: `Init Stby Ok`.
import { memberDefaults } from '../model/service-config.ts'
import type { ClusterMember } from '../cluster/entry.ts'

/** In the order of mod_proxy's own table. */
const words: readonly (readonly [word: string, holds: (member: ClusterMember) => boolean])[] = [
  ['Init', () => true],
  ['Ign', (member) => statusOf(member).includes('I')],
  ['Drn', (member) => statusOf(member).includes('N') || member.state === 'draining'],
  ['Dis', (member) => statusOf(member).includes('D')],
  ['Stop', (member) => statusOf(member).includes('S') || member.state === 'down' || member.state === 'paused'],
  ['Err', ({ state }) => state === 'error' || state === 'ejected'],
  ['Stby', (member) => statusOf(member).includes('H')],
  ['Spar', (member) => statusOf(member).includes('R')],
  ['HcFl', ({ state }) => state === 'unhealthy'],
  ['Ok', ({ row, state }) => row.admits !== 'nobody' && state !== 'error'],
]

export function apacheFlags(member: ClusterMember): string {
  return words.flatMap(([word, holds]) => (holds(member) ? word : [])).join(' ')
}

function statusOf({ config }: ClusterMember): string {
  return (config.parameters ?? memberDefaults).status
}
