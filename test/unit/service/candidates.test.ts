// Who is chosen among sets, spares and standbys: Apache's rules, as observed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../../../src/exchange/exchange.ts'
import { createPick, servingNow } from '../../../src/service/candidates.ts'
import type { Member } from '../../../src/service/member.ts'
import { byRequests } from '../../../src/service/methods/byrequests.ts'
import { balancerOf, memberWith } from '../../support/balancer.ts'
import type { MemberWish } from '../../support/balancer.ts'

test('a standby is used only while nobody else is', () => {
  const { members, chosen } = pool({}, {}, { status: 'H' })
  assert.equal(chosen(4), '1212')
  fail(members[0])
  assert.equal(chosen(3), '222')
  fail(members[1])
  assert.equal(chosen(2), '33')
  members[1]!.row.failing = false
  assert.equal(chosen(2), '22')
})

test('as many spares stand in as regular members are missing, and share the work with those that are left', () => {
  const { members, chosen } = pool({}, {}, { status: 'R' }, { status: 'R' })
  assert.equal(chosen(4), '1212')
  members[0]!.row.available = false
  assert.equal([...chosen(4)].toSorted().join(''), '2233')
  members[1]!.row.available = false
  assert.equal([...chosen(4)].toSorted().join(''), '3344')
})

test('a spare comes before a standby', () => {
  const { members, chosen } = pool({}, { status: 'H' }, { status: 'R' })
  members[0]!.row.available = false
  assert.equal(chosen(2), '33')
  members[2]!.row.available = false
  assert.equal(chosen(2), '22')
})

test('sets are tried in their order, each with its own standbys', () => {
  const { members, chosen } = pool({ lbset: 1 }, { lbset: 0 }, { lbset: 0, status: 'H' })
  assert.equal(chosen(2), '22')
  members[1]!.row.available = false
  assert.equal(chosen(2), '33')
  members[2]!.row.available = false
  assert.equal(chosen(2), '11')
})

test('where there are only standbys they serve', () => {
  assert.equal(pool({ status: 'H' }, { status: 'H' }).chosen(4), '1212')
})

test('members in error are asked again when there is nobody else, in the order of their roles', () => {
  const { members, chosen } = pool({}, {}, { status: 'H' })
  for (const member of members) fail(member)
  assert.equal(chosen(4), '1212')
})

test('without forceRecovery members in error wait for their time', () => {
  const { members, pick } = pool({}, {})
  const strict = createPick(members, byRequests(balancerOf(members)), { forceRecovery: false })
  for (const member of members) fail(member)
  assert.equal(strict(exchange), undefined)
  assert.notEqual(pick(), undefined)
})

test('who drains or is disabled is not asked, however bad the others are', () => {
  const { members, pick } = pool({}, {}, {})
  members[0]!.row.admits = 'sessions'
  members[1]!.row.admits = 'nobody'
  fail(members[2])
  assert.equal(pick()?.slot, '3')
  members[2]!.row.admits = 'nobody'
  assert.equal(pick(), undefined)
})

test('a repeated request reaches another member, also among those in error', () => {
  const { members, pick } = pool({}, {})
  for (const member of members) fail(member)
  const first = pick() as Member
  const second = pick([first]) as Member
  assert.notEqual(second, first)
  assert.equal(pick([first, second]), undefined)
})

test('those that serve now are told without taking anybody’s turn', () => {
  const { members, chosen } = pool({}, {}, { status: 'H' })
  assert.deepEqual(
    servingNow(members, { forceRecovery: true }).map(({ slot }) => slot),
    ['1', '2'],
  )
  assert.equal(chosen(2), '12')
})

const exchange = {} as Exchange

function pool(...wishes: readonly MemberWish[]) {
  const members = wishes.map((wish, i) => memberWith({ ...wish, slot: String(i + 1) }))
  const pick = createPick(members, byRequests(balancerOf(members)), { forceRecovery: true })
  return {
    members,
    pick: (tried?: readonly Member[]) => pick(exchange, tried),
    chosen: (count: number) => Array.from({ length: count }, () => pick(exchange)?.slot).join(''),
  }
}

function fail(member: Member | undefined): void {
  assert(member)
  member.row.failing = true
}
