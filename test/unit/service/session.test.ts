// What a request may say of its session, and where that leads: Apache's stickysession over real requests.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { SessionConfig } from '../../../src/model/service-config.ts'
import type { Forward, Member } from '../../../src/service/member.ts'
import { memberWith, plainCookie, serviceOver } from '../../support/balancer.ts'
import type { MemberWish, ServiceWish } from '../../support/balancer.ts'
import { ask, openEdge } from '../../support/edge.ts'

const java: SessionConfig = { cookie: 'JSESSIONID', parameter: 'jsessionid', separator: '.', scolonPathDelim: true }

const found: readonly (readonly [name: string, path: string, cookie: string | undefined, slot: string])[] = [
  ['a cookie', '/', 'JSESSIONID=A1B2.s2', '2'],
  ['a cookie among others', '/', 'a=b; XJSESSIONID=A.s1; JSESSIONID=A1B2.s3; JSESSIONIDX=A.s1', '3'],
  ['a quoted cookie', '/', 'JSESSIONID="A1B2.s2"', '2'],
  ['the first cookie that names somebody', '/', 'JSESSIONID=A.gone; JSESSIONID=A.s3', '3'],
  ['a parameter of the path', '/cart;jsessionid=A1B2.s3', undefined, '3'],
  ['a parameter of the path before others', '/cart;jsessionid=A.s3;v=1?q=1', undefined, '3'],
  ['a parameter in the middle of the path', '/cart;jsessionid=A.s3/items', undefined, '3'],
  ['a parameter of the query', '/cart?x=1&jsessionid=A.s2', undefined, '2'],
  ['an escaped parameter', '/cart?jsessionid=A%2Es2', undefined, '2'],
  ['a parameter before a cookie', '/cart;jsessionid=A.s3', 'JSESSIONID=A.s2', '3'],
  ['a hostname in place of the route', '/', 'JSESSIONID=A1B2.3f9c0d1e2a4b', '2'],
  ['a route with a dot', '/', 'JSESSIONID=A1B2.node.4', '4'],
  ['a session id with dots', '/', 'JSESSIONID=A.B.C.s2', '2'],
]

for (const [name, path, cookie, slot] of found) {
  test(`${name} leads to the member it names, every time and without a cookie of ours`, async () => {
    await using edge = await openEdge(serviceOver(fourMembers(), say, { session: java }))
    for (let i = 0; i < 3; i++) {
      const answer = await ask(edge.port, path, cookie === undefined ? {} : { fields: { cookie } })
      assert.equal(answer.body, slot)
      assert.equal(answer.fields.has('set-cookie'), false)
    }
  })
}

const foreign: readonly (readonly [name: string, path: string, cookie: string])[] = [
  ['a name that only ends so', '/?xjsessionid=A.s2', 'a=1'],
  ['a name that only begins so', '/;jsessionidx=A.s2', 'a=1'],
  ['a route nobody has', '/', 'JSESSIONID=A.s9'],
  ['no separator', '/', 'JSESSIONID=s2'],
  ['a cookie in other case', '/', 'jsessionid=A.s2'],
  ['four kilobytes', '/', `JSESSIONID=${'x'.repeat(4096)}`],
  ['four kilobytes of separators', '/', `JSESSIONID=${'.'.repeat(4096)}`],
  ['what is no text', '/', 'JSESSIONID=\x80\xff.\xfe'],
  ['a broken escape', '/?jsessionid=A.%zz', 'a=1'],
  ['names of the language', '/', 'JSESSIONID=A.__proto__'],
]

for (const [name, path, cookie] of foreign) {
  test(`${name} is nobody’s session, and is balanced like any request`, async () => {
    await using edge = await openEdge(serviceOver(fourMembers(), say, { session: java }))
    const seen = new Set<string>()
    for (let i = 0; i < 4; i++) seen.add((await ask(edge.port, path, { fields: { cookie } })).body)
    assert.equal(seen.size, 4)
  })
}

test('without scolonpathdelim a value in the path goes on to the end of the segment', async () => {
  const session = { ...java, scolonPathDelim: false }
  await using edge = await openEdge(serviceOver(fourMembers(), say, { session }))
  assert.equal((await ask(edge.port, '/x;jsessionid=A.s2')).body, '2')
  const seen = new Set<string>()
  for (let i = 0; i < 4; i++) seen.add((await ask(edge.port, '/x;jsessionid=A.s2;v=1')).body)
  assert.equal(seen.size, 4)
})

test('another separator, and none at all', async () => {
  await using bang = await openEdge(serviceOver(fourMembers(), say, { session: { ...java, separator: '!' } }))
  assert.equal((await ask(bang.port, '/', { fields: { cookie: 'JSESSIONID=A!s3' } })).body, '3')
  await using off = await openEdge(serviceOver(fourMembers(), say, { session: { ...java, separator: '' } }))
  assert.equal((await ask(off.port, '/', { fields: { cookie: 'JSESSIONID=s3' } })).body, '3')
})

test('ROUTEID in the clear is set when the route changes, and only then', async () => {
  const members = fourMembers()
  await using edge = await openEdge(serviceOver(members, say, routeid))
  const first = await ask(edge.port, '/')
  assert.deepEqual(first.fields.get('set-cookie'), [`ROUTEID=.${members[0]?.route}; Path=/`])
  const again = await ask(edge.port, '/', { fields: { cookie: `ROUTEID=.${members[0]?.route}` } })
  assert.equal(again.body, first.body)
  assert.equal(again.fields.has('set-cookie'), false)
  members[0]!.row.available = false
  const moved = await ask(edge.port, '/', { fields: { cookie: `ROUTEID=.${members[0]?.route}` } })
  assert.notEqual(moved.body, first.body)
  assert.deepEqual(moved.fields.get('set-cookie'), [`ROUTEID=.${memberAt(members, moved.body).route}; Path=/`])
})

test('ROUTEID as cookie and another name as parameter: the parameter counts first', async () => {
  const session = { cookie: 'ROUTEID', parameter: 'jsessionid', separator: '.', scolonPathDelim: true }
  await using edge = await openEdge(serviceOver(fourMembers(), say, { ...routeid, session }))
  const cookie = 'ROUTEID=.s1'
  assert.equal((await ask(edge.port, '/;jsessionid=B.s2', { fields: { cookie } })).body, '2')
  assert.equal((await ask(edge.port, '/;ROUTEID=B.s2', { fields: { cookie } })).body, '1')
})

test('a draining member keeps its sessions and gets no new ones', async () => {
  const members = fourMembers()
  members[1]!.row.admits = 'sessions'
  await using edge = await openEdge(serviceOver(members, say, { session: java }))
  assert.equal((await ask(edge.port, '/', { fields: { cookie: 'JSESSIONID=A.s2' } })).body, '2')
  for (let i = 0; i < 6; i++) assert.notEqual((await ask(edge.port, '/')).body, '2')
  assert.equal(members[1]?.row.stuck, 1)
})

test('a lost session follows redirect from member to member, and two that name each other end nothing', async () => {
  const members = fourMembers({ 0: { redirect: 's2' }, 1: { redirect: 's3' }, 2: { redirect: 's1' } })
  await using edge = await openEdge(serviceOver(members, say, { session: java }))
  const fields = { cookie: 'JSESSIONID=A.s1' }
  members[0]!.row.available = false
  assert.equal((await ask(edge.port, '/', { fields })).body, '2')
  members[1]!.row.available = false
  assert.equal((await ask(edge.port, '/', { fields })).body, '3')
  members[2]!.row.available = false
  assert.equal((await ask(edge.port, '/', { fields })).body, '4')
})

test('without failover a lost session is answered 503, and everybody else is served', async () => {
  const members = fourMembers()
  const balancing = { ...balancingDefaults, failover: false }
  await using edge = await openEdge(serviceOver(members, say, { session: java, balancing }))
  members[0]!.row.available = false
  assert.equal((await ask(edge.port, '/', { fields: { cookie: 'JSESSIONID=A.s1' } })).status, 503)
  assert.equal((await ask(edge.port, '/', { fields: { cookie: 'JSESSIONID=A.unknown' } })).status, 200)
  assert.equal((await ask(edge.port, '/')).status, 200)
})

test('the response field that was asked for names the member that answered, once, also after a failure', async () => {
  const balancing = { ...balancingDefaults, routeHeader: 'Balancer-Route' }
  const failFirst: Forward = (exchange, member, options) =>
    member.slot === '1'
      ? Promise.reject(new UpstreamError('refused', 'no', { sent: false }))
      : say(exchange, member, options)
  await using edge = await openEdge(serviceOver(fourMembers(), failFirst, { balancing }))
  const answer = await ask(edge.port, '/')
  assert.equal(answer.body, '2')
  assert.deepEqual(answer.fields.get('balancer-route'), ['s2'])
})

const routeid: ServiceWish = { stickyCookie: { ...plainCookie, name: 'ROUTEID', form: 'route' } }

test('an opaque cookie is worth nothing to another service, nor under another secret', async () => {
  const open = (wish: ServiceWish) => openEdge(serviceOver(fourMembers(), say, { stickyCookie: plainCookie, ...wish }))
  await using own = await open({ secret: 'a' })
  await using renamed = await open({ secret: 'a', name: 'other@docker' })
  await using rekeyed = await open({ secret: 'b' })
  const [setCookie = ''] = (await ask(own.port, '/')).fields.get('set-cookie') ?? []
  const fields = { cookie: setCookie.split(';')[0] ?? '' }
  assert.equal((await ask(own.port, '/', { fields })).fields.has('set-cookie'), false)
  for (const edge of [renamed, rekeyed]) {
    assert.equal((await ask(edge.port, '/', { fields })).fields.has('set-cookie'), true)
  }
})

test('a router’s own path and domain stand in the cookie it sets', async () => {
  const handler = serviceOver(fourMembers(), say, { stickyCookie: { ...plainCookie, domain: 'a.test' } })
  await using edge = await openEdge((exchange) => {
    exchange.cookieScope = { path: '/shop', domain: undefined }
    return handler(exchange)
  })
  const [setCookie = ''] = (await ask(edge.port, '/')).fields.get('set-cookie') ?? []
  assert.match(setCookie, /; Path=\/shop; Domain=a\.test$/)
})

const say: Forward = (exchange, { slot }) => {
  respond(exchange, 200, slot)
  return Promise.resolve()
}

/** Slots and routes 1 to 4: `s1`, `s2` with a hostname, `s3`, `node.4`. */
function fourMembers(wishes: Readonly<Record<number, MemberWish>> = {}): Member[] {
  return ['s1', 's2', 's3', 'node.4'].map((route, i) => {
    const hostname = i === 1 ? { hostname: '3f9c0d1e2a4b' } : {}
    return memberWith({ slot: String(i + 1), route, ...hostname, ...wishes[i] })
  })
}

function memberAt(members: readonly Member[], slot: string): Member {
  return members.find((member) => member.slot === slot) as Member
}
