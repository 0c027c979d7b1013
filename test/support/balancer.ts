// A balancer over members made by hand.
import { Ledger } from '../../src/ledger/ledger.ts'
import type { Member } from '../../src/service/member.ts'
import type { Balancer } from '../../src/service/service.ts'

export function balancerOf(members: readonly Member[]): Balancer {
  return { members, turns: new Ledger().arrange('web@test', members) }
}

/** Available, with keys and slots from 1. */
export function someMembers(...weights: readonly number[]): Member[] {
  const ledger = new Ledger()
  return weights.map((weight, index) => {
    const key = String(index + 1)
    const row = ledger.row(key)
    row.available = true
    return { key, url: 'http://127.0.0.1:80', scheme: 'http', host: '127.0.0.1', port: 80, weight, slot: key, row }
  })
}
