import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import type { UpstreamCode } from '../../../src/exchange/upstream-error.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { StickyCookieConfig } from '../../../src/model/service-config.ts'
import type { Forward } from '../../../src/service/member.ts'
import { plainCookie, serviceOver, someMembers } from '../../support/balancer.ts'
import { ask, openEdge } from '../../support/edge.ts'

interface Failure {
  readonly code: UpstreamCode
  readonly sent: boolean
}

const refused: Failure = { code: 'refused', sent: false }
const reset: Failure = { code: 'reset', sent: true }

const cases: readonly (readonly [method: string, failure: Failure, status: number])[] = [
  ['GET', refused, 200],
  ['POST', refused, 200],
  ['POST', { code: 'connect-timeout', sent: false }, 200],
  ['GET', reset, 200],
  ['DELETE', reset, 200],
  ['POST', reset, 502],
  ['PATCH', reset, 502],
  ['POST', { code: 'reset', sent: false }, 200],
  ['GET', { code: 'malformed-response', sent: true }, 502],
  ['GET', { code: 'response-timeout', sent: true }, 504],
]

for (const [method, failure, status] of cases) {
  const { code, sent } = failure
  test(`${method} after ${code}, ${sent ? 'sent' : 'not sent'}, is answered ${status}`, async () => {
    const asked: string[] = []
    await using edge = await openEdge(serviceWhereFirstFails(failure, asked))
    assert.equal((await ask(edge.port, '/', { method })).status, status)
    assert.deepEqual(asked, status === 200 ? ['1', '2'] : ['1'])
  })
}

test('any method is repeated where the service allows it, though not after a byte of an answer', async () => {
  for (const [code, status] of [
    ['reset', 200],
    ['malformed-response', 502],
  ] as const) {
    const asked: string[] = []
    const options = { retryNonIdempotent: true }
    await using edge = await openEdge(serviceWhereFirstFails({ code, sent: true }, asked, options))
    assert.equal((await ask(edge.port, '/', { method: 'POST' })).status, status)
    assert.deepEqual(asked, status === 200 ? ['1', '2'] : ['1'])
  }
})

test('a PUT whose body was read by somebody else is not repeated', async () => {
  const asked: string[] = []
  await using edge = await openEdge(serviceWhereFirstFails(reset, asked, { drains: true }))
  const answer = await fetch(`http://127.0.0.1:${edge.port}/`, { method: 'PUT', body: 'x' })
  assert.equal(answer.status, 502)
  assert.deepEqual(asked, ['1'])
})

test('a request is given to three members at most', async () => {
  const asked: string[] = []
  const members = someMembers(1, 1, 1, 1, 1)
  const forward: Forward = (_exchange, member) => {
    asked.push(member.slot)
    return Promise.reject(new UpstreamError('refused', 'no', { sent: false }))
  }
  await using edge = await openEdge(serviceOver(members, forward))
  assert.equal((await ask(edge.port, '/')).status, 502)
  assert.deepEqual(asked, ['1', '2', '3'])
  assert.deepEqual(
    members.map(({ row }) => row.errors),
    [1, 1, 1, 0, 0],
  )
})

test('the client is told to stay with the member that answered, not with the one that failed', async () => {
  await using edge = await openEdge(serviceWhereFirstFails(refused, [], { cookie: plainCookie }))
  const first = await ask(edge.port, '/')
  assert.equal(first.body, '2')
  const [setCookie = '', ...more] = first.fields.get('set-cookie') ?? []
  assert.deepEqual(more, [])
  const again = await ask(edge.port, '/', { fields: { cookie: setCookie.split(';')[0] ?? '' } })
  assert.equal(again.body, '2')
})

interface Options {
  readonly drains?: boolean
  readonly cookie?: StickyCookieConfig
  readonly retryNonIdempotent?: boolean
}

function serviceWhereFirstFails(failure: Failure, asked: string[], options: Options = {}) {
  const { drains = false, cookie, retryNonIdempotent = false } = options
  const forward: Forward = async (exchange, { slot }) => {
    asked.push(slot)
    if (drains) await once(exchange.request.resume(), 'end')
    if (slot === '1') throw new UpstreamError(failure.code, 'no', { sent: failure.sent })
    respond(exchange, 200, slot)
  }
  return serviceOver(someMembers(1, 1), forward, {
    stickyCookie: cookie,
    balancing: { ...balancingDefaults, retryNonIdempotent },
  })
}
