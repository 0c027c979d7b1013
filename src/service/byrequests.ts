// The `byrequests` method: Apache's formula, which is smooth weighted round robin (Traefik's wrr, but exact and without
// the shuffle). Every available member earns its weight, the richest is chosen and pays what all earned:
// weights 3 and 1 give a a b a …, equal weights a strict cycle in member order.
import type { Member } from './member.ts'

/** @param tried passed over, so that a repeated request reaches another member */
export type Pick = (tried?: readonly Member[]) => Member | undefined

export function byRequests(members: readonly Member[]): Pick {
  let settledAt = -1
  return (tried) => {
    let changes = 0
    for (const { row } of members) changes += row.changes
    if (changes !== settledAt) settleAccounts(members)
    settledAt = changes

    let chosen: Member | undefined
    let total = 0
    for (const member of members) {
      const { row, weight } = member
      if (!row.available || tried?.includes(member) === true) continue
      row.lbstatus += weight
      total += weight
      if (chosen === undefined || row.lbstatus > chosen.row.lbstatus) chosen = member
    }
    if (chosen !== undefined) chosen.row.lbstatus -= total
    return chosen
  }
}

/** Far below any weight, and exact in binary, so that a cycle stays strict for ever. */
const precedence = 2 ** -20

/**
 * A member that leaves takes its debt or credit along, and one that returns brings an old one back: the others would pay
 * for it with turns out of order. So all accounts begin anew, in member order from the one whose turn it was.
 */
function settleAccounts(members: readonly Member[]): void {
  const available = members.filter(({ row }) => row.available)
  const richest = Math.max(...available.map(({ row }) => row.lbstatus))
  const due = available.findIndex(({ row }) => row.lbstatus === richest)
  const turns = [...available.slice(due), ...available.slice(0, Math.max(due, 0))]
  for (const [place, { row }] of turns.entries()) row.lbstatus = ((turns.length - 1) / 2 - place) * precedence
}
