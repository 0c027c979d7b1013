// A data-plane thread that does nothing but choose members as fast as it can, holding a few requests at each moment.
import { parentPort, workerData } from 'node:worker_threads'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { LedgerRow } from '../../src/ledger/row.ts'
import { Turns } from '../../src/ledger/turns.ts'
import { createPick } from '../../src/service/candidates.ts'
import type { Member } from '../../src/service/member.ts'
import { chooserOf } from '../../src/service/methods/method.ts'
import { memberWith } from './balancer.ts'
import type { PickingOrder } from './picking.ts'

const { method, weights, rows, turns, column, picks, bytesOf, heldAtOnce } = workerData as PickingOrder
const members = weights.map((weight, index) => {
  const row = new LedgerRow(rows[index] as SharedArrayBuffer, column)
  return { ...memberWith({ slot: String(index), weight }), row }
})
const pick = createPick(members, chooserOf[method]({ members, turns: new Turns(turns) }), { forceRecovery: true })
const counts = members.map(() => 0)
const byClient: number[] = []
const held: Member[] = []
let mostAboveLeast = 0
for (let i = 0; i < picks; i++) {
  const least = Math.min(...members.map(({ row }) => row.busy))
  const member = pick({ head: { clientIp: `10.0.${(i >> 8) & 255}.${i & 255}` } } as Exchange) as Member
  const index = members.findIndex(({ slot }) => slot === member.slot)
  counts[index] = (counts[index] ?? 0) + 1
  if (i < 1000) byClient.push(index)
  const { row } = member
  mostAboveLeast = Math.max(mostAboveLeast, row.busy - least)
  row.begin()
  row.receive(bytesOf[i % bytesOf.length] ?? 0)
  row.answer(200, 10)
  held.push(member)
  if (held.length > heldAtOnce) held.shift()?.row.end()
}
for (const { row } of held) row.end()
parentPort?.postMessage({ counts, byClient, mostAboveLeast })
