// The `byrequests` method: Apache's formula, which is smooth weighted round robin (Traefik's wrr, but exact and without
// the shuffle). Every available member earns its weight, the richest is chosen and pays what all earned:
// weights 3 and 1 give a a b a …, equal weights a strict cycle in member order.
import type { Member } from './member.ts'

const none: readonly Member[] = []

/** @param tried passed over, so that a repeated request reaches another member */
export function pickByRequests(members: readonly Member[], tried: readonly Member[] = none): Member | undefined {
  let chosen: Member | undefined
  let total = 0
  for (const member of members) {
    const { row } = member
    if (!row.available || tried.includes(member)) continue
    row.lbstatus += member.weight
    total += member.weight
    if (chosen === undefined || row.lbstatus > chosen.row.lbstatus) chosen = member
  }
  if (chosen !== undefined) chosen.row.lbstatus -= total
  return chosen
}
