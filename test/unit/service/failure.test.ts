// When a member is put in error, who is told, and how it comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import type { UpstreamCode } from '../../../src/exchange/upstream-error.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { BalancingConfig } from '../../../src/model/service-config.ts'
import type { Forward, Member, MemberNews } from '../../../src/service/member.ts'
import { memberWith, serviceOver } from '../../support/balancer.ts'
import type { MemberWish } from '../../support/balancer.ts'
import { ask, openEdge } from '../../support/edge.ts'

const cases: readonly (readonly [UpstreamCode, Partial<BalancingConfig>, boolean])[] = [
  ['refused', {}, true],
  ['unreachable', {}, true],
  ['connect-timeout', {}, true],
  ['reset', {}, false],
  ['malformed-response', {}, false],
  ['response-timeout', {}, false],
  ['response-timeout', { failOnTimeout: true }, true],
  ['busy', {}, false],
  ['refused', { retryMs: 0 }, false],
]

for (const [code, balancing, expected] of cases) {
  test(`${code} with ${JSON.stringify(balancing)} ${expected ? 'puts' : 'does not put'} a member in error`, async () => {
    const { member, news, handler } = oneMember(() => Promise.reject(failure(code)), balancing)
    await using edge = await openEdge(handler)
    await ask(edge.port, '/')
    assert.equal(member.row.failing, expected)
    assert.equal(news.length, expected ? 1 : 0)
    assert.equal(member.row.errors, 1)
  })
}

test('a member whose own retry is 0 is never in error, nor is one with the letter I', async () => {
  for (const wish of [{ retryMs: 0 }, { status: 'I' }]) {
    const { member, handler } = oneMember(() => Promise.reject(failure('refused')), {}, wish)
    await using edge = await openEdge(handler)
    await ask(edge.port, '/')
    assert.equal(member.row.failing, false)
  }
})

test('an answer that counts as a failure reaches the client as it is, and its member is passed over', async () => {
  const { member, news, handler } = oneMember(answering(503), { failOnStatus: ['500', '502-504'] })
  await using edge = await openEdge(handler)
  const answer = await ask(edge.port, '/')
  assert.deepEqual([answer.status, answer.body], [503, 'as it is'])
  assert.equal(member.row.failing, true)
  assert.deepEqual(news, [{ memberKey: '1', failure: 'it answered 503' }])
})

test('a status outside of the list is no failure', async () => {
  const { member, handler } = oneMember(answering(501), { failOnStatus: ['500', '502-504'] })
  await using edge = await openEdge(handler)
  await ask(edge.port, '/')
  assert.equal(member.row.failing, false)
})

test('the last member in error is asked all the same, and is out of it once it answers', async () => {
  let up = false
  const { member, news, handler } = oneMember((...request) => (up ? answering(200)(...request) : refuse()))
  await using edge = await openEdge(handler)
  assert.equal((await ask(edge.port, '/')).status, 502)
  assert.equal((await ask(edge.port, '/')).status, 502)
  up = true
  assert.equal((await ask(edge.port, '/')).status, 200)
  assert.equal(member.row.failing, false)
  assert.deepEqual(news, [
    { memberKey: '1', failure: 'connection refused' },
    { memberKey: '1', failure: undefined },
  ])
})

test('a sticky client of a member that dies while the other was in error a moment ago is served', async () => {
  // Apache answers 503 here: it forgives all members at once, and then sticks to the dead one again.
  const [back, dead] = ['back', 'dead'].map((slot) => memberWith({ slot, route: slot })) as [Member, Member]
  back.row.failing = true
  const forward: Forward = (exchange, member, options) =>
    member === dead ? refuse() : answering(200)(exchange, member, options)
  const session = { cookie: 'S', parameter: '', separator: '.', scolonPathDelim: false }
  await using edge = await openEdge(serviceOver([back, dead], forward, { session }))
  const answer = await ask(edge.port, '/', { fields: { cookie: 'S=x.dead' } })
  assert.equal(answer.status, 200)
  assert.equal(back.row.failing, false)
})

test('as many further members are tried as maxAttempts says', async () => {
  for (const maxAttempts of [0, 1, 3]) {
    const members = ['1', '2', '3', '4', '5'].map((slot) => memberWith({ slot }))
    const asked: string[] = []
    const forward: Forward = (_exchange, { slot }) => {
      asked.push(slot)
      return refuse()
    }
    const balancing = { ...balancingDefaults, maxAttempts }
    await using edge = await openEdge(serviceOver(members, forward, { balancing }))
    assert.equal((await ask(edge.port, '/')).status, 502)
    assert.equal(asked.length, 1 + maxAttempts)
  }
})

function oneMember(forward: Forward, balancing: Partial<BalancingConfig> = {}, wish: MemberWish = {}) {
  const member = memberWith({ slot: '1', ...wish })
  const news: MemberNews[] = []
  const handler = serviceOver([member], forward, { news, balancing: { ...balancingDefaults, ...balancing } })
  return { member, news, handler }
}

function failure(code: UpstreamCode): UpstreamError {
  return new UpstreamError(code, 'no', { sent: false })
}

function refuse(): Promise<never> {
  return Promise.reject(failure('refused'))
}

function answering(status: number): Forward {
  return (exchange) => {
    respond(exchange, status, 'as it is')
    return Promise.resolve()
  }
}
