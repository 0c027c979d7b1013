// The route of a member: the one it was given, else that of its slot.
import type { MemberConfig } from './service-config.ts'

/** The longest route there is: Apache's. */
export const routeLengthMax = 63

export function routeOf({ route, slot }: Pick<MemberConfig, 'route' | 'slot'>): string {
  return route ?? routeOfSlot(slot)
}

/**
 * What sessions call a member that was given no route: `web-2` for the slot `shop/web/2`. A cookie holds it and the separator
 * `.` comes before it, so every other character is a `-`. Replicas of one service never share it.
 */
function routeOfSlot(slot: string): string {
  const [, service, number] = /^[^/]+\/([^/]+)\/(\d+)$/.exec(slot) ?? []
  const name = service === undefined ? slot.replace(/^https?:\/\//, '') : `${service}-${number}`
  return name.replaceAll(/[^0-9A-Za-z_-]+/g, '-').slice(0, routeLengthMax)
}
