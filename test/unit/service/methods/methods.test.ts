// The methods beside byrequests, each by what it chooses on the same ledger.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Exchange } from '../../../../src/exchange/exchange.ts'
import type { Method } from '../../../../src/model/service-config.ts'
import { methods } from '../../../../src/model/service-config.ts'
import type { Member } from '../../../../src/service/member.ts'
import { chooserOf } from '../../../../src/service/methods/method.ts'
import { balancerOf, memberWith, someMembers } from '../../../support/balancer.ts'

test('bytraffic chooses who carried the fewest bytes for its weight, both ways', () => {
  const [a, b] = someMembers(1, 2) as [Member, Member]
  const choose = chooser('bytraffic', [a, b])
  a.row.send(100)
  b.row.receive(150)
  assert.equal(choose(), b)
  b.row.receive(60)
  assert.equal(choose(), a)
})

test('bytraffic evens out bytes, not requests, where answers differ in size', () => {
  const members = someMembers(1, 1)
  const choose = chooser('bytraffic', members)
  const chosen = [0, 0]
  for (let i = 0; i < 1100; i++) {
    const index = members.indexOf(choose() as Member)
    chosen[index]!++
    members[index]?.row.receive(index === 0 ? 10_000 : 1000)
  }
  assert.deepEqual(chosen, [100, 1000])
})

test('bytraffic gives a handicapped newcomer its share and no flood', () => {
  const [old, fresh] = someMembers(1, 1) as [Member, Member]
  old.row.receive(1_000_000)
  fresh.row.handicap = 1_000_000
  const choose = chooser('bytraffic', [old, fresh])
  const first = Array.from({ length: 10 }, () => {
    const chosen = choose() as Member
    chosen.row.receive(1000)
    return chosen.slot
  })
  assert.equal(first.filter((slot) => slot === fresh.slot).length, 5)
})

test('bybusyness chooses the least busy one, and deals by weight among equals', () => {
  const members = someMembers(1, 1, 1)
  const [first, second] = members as [Member, Member]
  first.row.begin()
  second.row.begin()
  const choose = chooser('bybusyness', members)
  // Two are held by slow requests: all the quick ones go to the third.
  assert.deepEqual(
    Array.from({ length: 5 }, () => choose()?.slot),
    ['3', '3', '3', '3', '3'],
  )
  first.row.end()
  second.row.end()
  const heavy = someMembers(3, 1)
  const dealt = Array.from({ length: 8 }, () => chooser('bybusyness', heavy)).map((each) => each()?.slot)
  assert.equal(new Set(dealt).size, 1, 'a balancer made anew begins anew')
  const one = chooser('bybusyness', heavy)
  assert.equal(Array.from({ length: 8 }, () => one()?.slot).join(''), '11211121')
})

test('leasttime prefers who answers soonest, less so the more it has under way', () => {
  const [fast, slow] = someMembers(1, 1) as [Member, Member]
  fast.row.answer(200, 10)
  slow.row.answer(200, 35)
  const choose = chooser('leasttime', [fast, slow])
  const chosen = Array.from({ length: 4 }, () => {
    const member = choose() as Member
    member.row.begin()
    return member.slot
  })
  assert.deepEqual(chosen, ['1', '1', '1', '2'])
})

test('leasttime takes a newcomer for average: it is neither flooded nor forgotten', () => {
  const members = someMembers(1, 1, 1)
  const [a, b, fresh] = members as [Member, Member, Member]
  a.row.answer(200, 10)
  b.row.answer(200, 30)
  const choose = chooser('leasttime', members)
  const chosen = Array.from({ length: 6 }, () => {
    const member = choose() as Member
    member.row.begin()
    return member
  })
  const given = chosen.filter((member) => member === fresh).length
  assert.ok(given >= 1 && given <= 3, `${given} of 6`)
})

test('p2c never chooses the busier one of two, and reaches all of many', () => {
  const [calm, busy] = someMembers(1, 1) as [Member, Member]
  busy.row.begin()
  const choose = chooser('p2c', [calm, busy])
  for (let i = 0; i < 50; i++) assert.equal(choose(), calm)
  const many = someMembers(1, 1, 1, 1, 1)
  const pick = chooser('p2c', many)
  assert.equal(new Set(Array.from({ length: 200 }, () => pick()?.slot)).size, 5)
})

test('hrw keeps a client where it is, and moves only those of a member that goes', () => {
  const members = someMembers(1, 1, 1, 1)
  const clients = Array.from({ length: 2000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`)
  const choose = chooser('hrw', members)
  const before = clients.map((client) => choose(client))
  assert.deepEqual(
    clients.map((client) => choose(client)),
    before,
  )
  const [, gone] = members as [Member, Member]
  gone.row.available = false
  const after = clients.map((client) => choose(client))
  for (const [i, member] of before.entries()) if (member !== gone) assert.equal(after[i], member)
  assert.ok(!after.includes(gone))
  for (const { slot } of members) {
    const share = before.filter((member) => member?.slot === slot).length / clients.length
    assert.ok(share > 0.2 && share < 0.3, `${slot} has ${share}`)
  }
})

test('hrw gives members clients in proportion to their weights', () => {
  const members = someMembers(3, 1)
  const choose = chooser('hrw', members)
  const heavy = Array.from({ length: 4000 }, (_, i) => choose(`192.168.${i >> 8}.${i & 255}`)).filter(
    (member) => member?.slot === '1',
  )
  assert.ok(Math.abs(heavy.length / 4000 - 0.75) < 0.03, `${heavy.length}`)
})

for (const method of methods) {
  test(`${method} chooses nobody who may not be, and somebody whenever there is anybody`, () => {
    const member = fc.record({ available: fc.boolean(), busy: fc.nat(3), weight: fc.constantFrom(0.01, 1, 2.5, 100) })
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), (wishes) => {
        const members = wishes.map(({ weight }, i) => memberWith({ slot: String(i), weight }))
        for (const [i, { available, busy }] of wishes.entries()) {
          const { row } = members[i] as Member
          row.available = available
          for (let n = 0; n < busy; n++) row.begin()
        }
        const chosen = chooser(method, members)('10.0.0.1')
        if (wishes.some(({ available }) => available)) assert.equal(chosen?.row.available, true)
        else assert.equal(chosen, undefined)
      }),
    )
  })

  test(`${method} gives a slow starter less than its share, where weights count for shares`, () => {
    const members = someMembers(1, 1)
    const [, fresh] = members as [Member, Member]
    fresh.row.share = 0.1
    const choose = chooser(method, members)
    const given = Array.from({ length: 110 }, (_, i) => {
      const chosen = choose(`10.0.0.${i}`)
      chosen?.row.receive(100)
      return chosen
    }).filter((member) => member === fresh).length
    // hrw keeps clients with their members, whatever else happens.
    if (method !== 'hrw') assert.ok(given <= 11, `${given} of 110`)
    if (method === 'byrequests' || method === 'bytraffic') assert.ok(given >= 9, `${given} of 110`)
  })
}

function chooser(method: Method, members: readonly Member[]): (clientIp?: string) => Member | undefined {
  const choose = chooserOf[method](balancerOf(members))
  return (clientIp = '127.0.0.1') => {
    const index = choose((candidate) => members[candidate]?.row.available === true, {
      head: { clientIp },
    } as Exchange)
    return index === undefined ? undefined : members[index]
  }
}
