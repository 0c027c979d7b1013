import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Exchange } from '../../../../src/exchange/exchange.ts'
import { createPick } from '../../../../src/service/candidates.ts'
import { byRequests } from '../../../../src/service/methods/byrequests.ts'
import type { Member } from '../../../../src/service/member.ts'
import { balancerOf, someMembers } from '../../../support/balancer.ts'

test('equal members are chosen in a strict cycle, in member order', () => {
  assert.equal(turns(someMembers(1, 1, 1))(7), '0120120')
})

test("weights are spread smoothly, as Apache's byrequests does", () => {
  assert.equal(turns(someMembers(3, 1))(8), '00100010')
  assert.equal(turns(someMembers(1, 1, 2))(8), '20122012')
})

test('every member gets exactly its share within one round', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
      const round = weights.reduce((sum, weight) => sum + weight, 0)
      const sequence = turns(someMembers(...weights))(round)
      assert.deepEqual(
        weights.map((_, index) => sequence.split(String(index)).length - 1),
        weights,
      )
    }),
  )
})

test('whoever comes or goes, equal members are in a strict cycle in member order from the next request on', () => {
  const steps = fc.array(fc.record({ member: fc.nat(4), requests: fc.nat(7) }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(steps, (changes) => {
      const members = someMembers(1, 1, 1, 1, 1)
      const next = turns(members)
      for (const { member, requests } of changes) {
        const changed = members[member] as Member
        setAvailable(changed, !changed.row.available)
        const available = members.filter(({ row }) => row.available).length
        const sequence = next(available === 0 ? 0 : requests + 2 * available)
        const order = members.flatMap(({ row }, index) => (row.available ? index : [])).join('')
        assert.ok(order.repeat(sequence.length + 1).includes(sequence), `${sequence} is not in the order ${order}`)
        assert.ok(sequence.length >= available)
      }
    }),
  )
})

test('a member that leaves does not cost the others their turns', () => {
  const members = someMembers(1, 1, 1)
  const next = turns(members)
  assert.equal(next(1), '0')
  setAvailable(members[2], false)
  assert.equal(next(4), '1010')
})

test('a member that was tried is passed over', () => {
  const members = someMembers(1, 1)
  assert.equal(pickFrom(members)([members[0] as Member]), members[1])
})

test('nobody is chosen when nobody is available', () => {
  const members = someMembers(1, 1)
  for (const member of members) setAvailable(member, false)
  assert.equal(pickFrom(members)(), undefined)
})

/** The indexes of the members whose turn it is next. */
function turns(members: readonly Member[]): (count: number) => string {
  const pick = pickFrom(members)
  return (count) => Array.from({ length: count }, () => members.indexOf(pick() as Member)).join('')
}

function pickFrom(members: readonly Member[]): (tried?: readonly Member[]) => Member | undefined {
  const balancer = balancerOf(members)
  const pick = createPick(members, byRequests(balancer), { forceRecovery: false })
  return (tried) => pick(exchange, tried)
}

const exchange = {} as Exchange

function setAvailable(member: Member | undefined, available: boolean): void {
  assert(member)
  member.row.available = available
}
