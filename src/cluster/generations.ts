// Which members of a service a newer generation takes over from (`rollout=cutover`): once one of its members is ready, new
// sessions go to that generation alone; when none of them is any more, the one before is back.
import type { Generation } from '../model/service-config.ts'
import type { Entry } from './entry.ts'

export function cutOver(entries: Iterable<Entry>): void {
  const all = [...entries]
  const newest = newestReady(all)
  for (const entry of all) entry.supersede(newest !== undefined && isOlder(entry, newest))
}

function newestReady(entries: readonly Entry[]): Generation | undefined {
  let newest: Generation | undefined
  for (const entry of entries) {
    const own = entry.member.config.container?.generation
    if (own === undefined || entry.settings.rollout !== 'cutover' || !entry.wouldServe) continue
    if (newest === undefined || own.at > newest.at) newest = own
  }
  return newest
}

/** A younger one that is not ready yet is on its way; one that says nothing of it is from before the label. */
function isOlder({ member: { config } }: Entry, newest: Generation): boolean {
  if (config.container === undefined) return false
  const { generation } = config.container
  return generation === undefined || (generation.id !== newest.id && generation.at < newest.at)
}
