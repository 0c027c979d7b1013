import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import type { StickyCookieConfig } from '../../../src/model/service-config.ts'
import type { Forward, Member } from '../../../src/service/member.ts'
import { defaultCookieName } from '../../../src/service/sticky-cookie.ts'
import { memberWith, plainCookie, serviceOver } from '../../support/balancer.ts'
import { ask, openEdge } from '../../support/edge.ts'
import type { Answer } from '../../support/edge.ts'

const plain: StickyCookieConfig = { ...plainCookie, name: 'static_cookie' }

test("the default cookie name is Traefik's", () => {
  assert.equal(defaultCookieName('backend'), '_76eb3')
  assert.equal(defaultCookieName('/my/BACKEND-v1.0~rc1'), '_5f7bc')
})

test('a client is given a cookie once and stays with its member', async () => {
  const members = threeMembers()
  await using edge = await openEdge(serviceOf(members, plain))
  const first = await ask(edge.port, '/')
  const cookie = cookieOf(first)
  assert.match(cookie, /^static_cookie=[0-9a-f]{16}$/)
  for (let i = 0; i < 5; i++) {
    const again = await ask(edge.port, '/', { fields: { cookie: `other=1; ${cookie}; last=2` } })
    assert.equal(again.body, first.body)
    assert.equal(again.fields.has('set-cookie'), false)
  }
})

test('a second client without a cookie is spread to another member', async () => {
  await using edge = await openEdge(serviceOf(threeMembers(), plain))
  const bodies = new Set([(await ask(edge.port, '/')).body, (await ask(edge.port, '/')).body])
  assert.equal(bodies.size, 2)
})

test('a client whose member is gone is moved and told so', async () => {
  const members = threeMembers()
  await using edge = await openEdge(serviceOf(members, plain))
  const first = await ask(edge.port, '/')
  for (const member of members) if (member.slot === first.body) member.row.available = false
  const moved = await ask(edge.port, '/', { fields: { cookie: cookieOf(first) } })
  assert.notEqual(moved.body, first.body)
  assert.notEqual(cookieOf(moved), cookieOf(first))
})

test('a recreated replica keeps the users of its slot', async () => {
  const [one] = threeMembers()
  const leaving = { ...one, key: 'leaving' } as Member
  const coming = { ...threeMembers()[0], key: 'coming' } as Member
  await using edge = await openEdge(
    serviceOf([leaving, coming, ...threeMembers().slice(1)], plain, (member) => member.key),
  )
  const cookie = cookieOf(await ask(edge.port, '/'))
  leaving.row.available = false
  const answer = await ask(edge.port, '/', { fields: { cookie } })
  assert.equal(answer.body, 'coming')
  assert.equal(answer.fields.has('set-cookie'), false)
})

for (const value of ['', 'deadbeefdeadbeef', '"', 'x'.repeat(4096), '__proto__']) {
  test(`a forged value ${JSON.stringify(value.slice(0, 20))} is balanced like a new client`, async () => {
    await using edge = await openEdge(serviceOf(threeMembers(), plain))
    const answer = await ask(edge.port, '/', { fields: { cookie: `static_cookie=${value}` } })
    assert.equal(answer.status, 200)
    assert.match(cookieOf(answer), /^static_cookie=[0-9a-f]{16}$/)
  })
}

test('every attribute reaches the client', async () => {
  const config = {
    ...plain,
    secure: true,
    httpOnly: true,
    sameSite: 'strict',
    maxAge: 60,
    path: '/app',
    domain: 'a.b',
  } as const
  await using edge = await openEdge(serviceOf(threeMembers(), config))
  const [setCookie = ''] = (await ask(edge.port, '/')).fields.get('set-cookie') ?? []
  assert.match(setCookie, /; Path=\/app; Domain=a\.b; Max-Age=60; HttpOnly; Secure; SameSite=Strict$/)
})

test('a service without stickiness sets no cookie', async () => {
  await using edge = await openEdge(serviceOf(threeMembers(), undefined))
  assert.equal((await ask(edge.port, '/')).fields.has('set-cookie'), false)
})

test('nobody available is a 503 with the text of Traefik', async () => {
  await using edge = await openEdge(serviceOf([], undefined))
  const answer = await ask(edge.port, '/')
  assert.equal(answer.status, 503)
  assert.equal(answer.body, 'no available server\n')
})

test('the books count what was given, what is under way and what failed', async () => {
  const [member] = threeMembers() as [Member]
  let busyInside = 0
  const failing: Forward = (_exchange, { row }) => {
    busyInside = row.busy
    return Promise.reject(new UpstreamError('refused', 'no', { sent: false }))
  }
  await using edge = await openEdge(serviceOver([member], failing))
  assert.equal((await ask(edge.port, '/')).status, 502)
  const { elected, busy, errors } = member.row
  assert.deepEqual({ elected, busy, busyInside, errors }, { elected: 1, busy: 0, busyInside: 1, errors: 1 })
})

function serviceOf(
  members: readonly Member[],
  stickyCookie: StickyCookieConfig | undefined,
  say = (m: Member) => m.slot,
) {
  const forward: Forward = (exchange, member) => {
    respond(exchange, 200, say(member))
    return Promise.resolve()
  }
  return serviceOver(members, forward, { stickyCookie })
}

function threeMembers(): Member[] {
  const ledger = new Ledger()
  return [1, 2, 3].map((number) => memberWith({ slot: `demo/web/${number}` }, ledger))
}

function cookieOf(answer: Answer): string {
  const [setCookie = ''] = answer.fields.get('set-cookie') ?? []
  return setCookie.split(';')[0] ?? ''
}
