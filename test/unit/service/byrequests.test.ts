import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Ledger } from '../../../src/cluster/ledger.ts'
import { pickByRequests } from '../../../src/service/byrequests.ts'
import type { Member } from '../../../src/service/member.ts'

test('equal members are chosen in a strict cycle, in member order', () => {
  const members = membersWithWeights([1, 1, 1])
  assert.equal(picks(members, 7), '0120120')
})

test("weights are spread smoothly, as Apache's byrequests does", () => {
  assert.equal(picks(membersWithWeights([3, 1]), 8), '00100010')
  assert.equal(picks(membersWithWeights([1, 1, 2]), 8), '20122012')
})

test('every member gets exactly its share within one round', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
      const members = membersWithWeights(weights)
      const round = weights.reduce((sum, weight) => sum + weight, 0)
      const counts = weights.map(() => 0)
      for (let i = 0; i < round; i++) {
        const index = members.indexOf(pickByRequests(members) as Member)
        counts[index] = (counts[index] ?? 0) + 1
      }
      assert.deepEqual(counts, weights)
    }),
  )
})

test('an unavailable member is passed over and the others are in strict turn after at most one round', () => {
  const members = membersWithWeights([1, 1, 1])
  picks(members, 2)
  setAvailable(members[1], false)
  picks(members, 2)
  assert.match(picks(members, 6), /^(020202|202020)$/)
  setAvailable(members[1], true)
  picks(members, 3)
  assert.equal([...picks(members, 6)].sort().join(''), '001122')
})

test('a member that joins is not flooded and the cycle stays strict', () => {
  const members = membersWithWeights([1, 1])
  picks(members, 5)
  const grown = [...members, ...membersWithWeights([1])]
  const sequence = picks(grown, 9)
  assert.equal(sequence.slice(0, 3), sequence.slice(3, 6))
  assert.equal(sequence.slice(0, 3), sequence.slice(6, 9))
  assert.deepEqual(new Set(sequence.slice(0, 3)), new Set('012'))
})

test('nobody is chosen when nobody is available', () => {
  const members = membersWithWeights([1, 1])
  for (const member of members) setAvailable(member, false)
  assert.equal(pickByRequests(members), undefined)
})

function picks(members: readonly Member[], count: number): string {
  return Array.from({ length: count }, () => members.indexOf(pickByRequests(members) as Member)).join('')
}

function setAvailable(member: Member | undefined, available: boolean): void {
  if (member !== undefined) member.row.available = available
}

function membersWithWeights(weights: readonly number[]): Member[] {
  const ledger = new Ledger()
  return weights.map((weight, index) => {
    const row = ledger.row(String(index))
    row.available = true
    return { key: String(index), scheme: 'http', host: '127.0.0.1', port: 80, weight, slot: `demo/web/${index}`, row }
  })
}
