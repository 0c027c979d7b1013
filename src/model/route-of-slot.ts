/** The longest route there is: Apache's. */
export const routeLengthMax = 63

/**
 * What sessions call a member that was given no route: `web-2` for the slot `shop/web/2`. A cookie holds it and the separator
 * `.` comes before it, so every other character is a `-`. Replicas of one service never share it.
 */
export function routeOfSlot(slot: string): string {
  const [, service, number] = /^[^/]+\/([^/]+)\/(\d+)$/.exec(slot) ?? []
  const name = service === undefined ? slot.replace(/^https?:\/\//, '') : `${service}-${number}`
  return name.replaceAll(/[^0-9A-Za-z_-]+/g, '-').slice(0, routeLengthMax)
}
