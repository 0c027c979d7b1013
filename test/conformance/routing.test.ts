// Part 2.2 of the list: rules, middlewares and member must all see the same path, host and query.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allEscapes } from '../support/entrypoint-options.ts'
import { record } from '../unit/entrypoint/raw-client.ts'
import { farewell, fieldOf, openStage, request, statuses } from './stage.ts'
import type { Heard } from './stage.ts'

const stage = await openStage({
  services: ['admin', 'api', 'host', 'query'],
  routers: {
    admin: "rule: 'PathPrefix(`/admin`)', service: admin",
    strip: "rule: 'PathPrefix(`/strip`)', middlewares: [strip]",
    api: "rule: 'Host(`api.local`) && PathPrefix(`/api`)', service: api",
    host: "rule: 'Host(`a.local`) || Host(`[::1]`) || Host(`::1`)', service: host",
    query: "rule: 'Path(`/query`) && Query(`hidden`, `y`)', service: query",
  },
  middlewares: 'strip: { stripPrefix: { prefixes: [/strip] } }',
})
const { member, others } = stage

/** One request that is its connection's last. */
function ask(target: string, fields: readonly string[] = []): Promise<Heard> {
  return stage.say(request(`GET ${target}`, [...fields, 'Connection: close']))
}

/** What members were asked for: `service target`. */
function seen(): string[] {
  const all = [['member', member] as const, ...others]
  return all.flatMap(([name, { requests }]) => requests.map(({ target }) => `${name} ${target}`))
}

async function refusedWith(status: number, bytes: string): Promise<void> {
  const heard = await stage.say(bytes + farewell)
  assert.deepEqual(statuses(heard), [status])
  assert.equal(fieldOf(heard.answers[0] ?? assert.fail(), 'Connection'), 'close')
  await ask('/alive')
  assert.deepEqual(seen(), ['member /alive'])
}

/** Target → the service that gets it, and what it is asked for. */
const paths: Readonly<Record<string, string>> = {
  '/admin': 'admin /admin',
  '/public/../admin': 'admin /admin',
  '/public/%2e%2e/admin': 'admin /admin',
  '/public/%2E%2E/admin': 'admin /admin',
  '/public/.%2E/admin': 'admin /admin',
  '/public/%2e./admin': 'admin /admin',
  '//admin': 'admin /admin',
  '///admin//': 'admin /admin/',
  '/./admin': 'admin /admin',
  '/%2e/admin': 'admin /admin',
  '/../../admin': 'admin /admin',
  '/%61dmin': 'admin /admin',
  '/%61%64%6d%69%6e/x': 'admin /admin/x',
  '/admin/..': 'member /',
  '/admin/../public': 'member /public',
  '/admin/%2e%2e/public': 'member /public',
  '/ADMIN': 'member /ADMIN',
  '/public/%252e%252e/admin': 'member /public/%252e%252e/admin',
  '/public/%2e%2e%2fadmin': 'member /public/..%2Fadmin',
  '/public/..;/admin': 'member /public/..;/admin',
  '/public/...': 'member /public/...',
  '/public\\..\\admin': 'member /public%5C..%5Cadmin',
  '/public/..\\admin': 'member /public/..%5Cadmin',
  '/public?/../admin': 'member /public?/../admin',
  '/a"<>^`{|}': 'member /a%22%3C%3E%5E%60%7B%7C%7D',
}

for (const [target, wanted] of Object.entries(paths)) {
  test(`R1: "${target}" is "${wanted}" to rule, service and member alike`, async () => {
    const { answers } = await ask(target)
    assert.equal(answers[0]?.status, 200)
    assert.deepEqual(seen(), [wanted])
  })
}

const escapes: Readonly<Record<string, string>> = {
  '/admin%2Fusers': 'admin /admin%2Fusers',
  '/admin%2fusers': 'admin /admin%2Fusers',
  '/admin%5Cusers': 'admin /admin%5Cusers',
  '/admin%00': 'admin /admin%00',
  '/public%2F..%2Fadmin': 'member /public%2F..%2Fadmin',
  '/a%3bb%25c%3fd%23e': 'member /a%3Bb%25c%3Fd%23e',
}

for (const [target, wanted] of Object.entries(escapes)) {
  test(`R2: by default "${target}" passes as "${wanted}", still escaped for everyone`, async () => {
    await ask(target)
    assert.deepEqual(seen(), [wanted])
  })
}

for (const target of ['/admin%2Fusers', '/admin%2fusers', '/admin%5cusers', '/admin%00', '/x/%252F/%2f']) {
  test(`R2: an entrypoint that is told to refuse them answers "${target}" with 400`, async () => {
    const refused = { allowEncodedSlash: false, allowEncodedBackSlash: false, allowEncodedNullCharacter: false }
    await using web = await record({ paths: { encodedCharacters: { ...allEscapes, ...refused } } })
    assert.equal((await web.ask(request(`GET ${target}`))).status, 400)
    assert.deepEqual(web.exchanges, [])
  })
}

for (const target of ['/%', '/%2', '/%zz', '/%2x', '/%-1', '/a%\\41']) {
  test(`R2: an escape that is none, "${target}", is refused`, () => refusedWith(400, request(`GET ${target}`)))
}

const stripped: Readonly<Record<string, string>> = {
  '/strip/admin': 'member /admin',
  '/strip/../admin': 'admin /admin',
  '/strip/%2e%2e/admin': 'admin /admin',
  '/%73trip/x': 'member /x',
  '/strip%2F..%2Fadmin': 'member /%2F..%2Fadmin',
  '/strip': 'member /',
  '/strip...': 'member /...',
}

for (const [target, wanted] of Object.entries(stripped)) {
  test(`R3: behind stripPrefix "${target}" is "${wanted}"`, async () => {
    await ask(target)
    assert.deepEqual(seen(), [wanted])
  })
}

for (const target of ['/strip../admin', '/strip./x', '/strip%2e%2e/x', '/strip.%2E/x', '/strip..', '/strip.']) {
  test(`R3: "${target}" would climb out of its prefix and is a 400`, async () => {
    assert.deepEqual(statuses(await ask(target)), [400])
    assert.deepEqual(seen(), [])
  })
}

for (const target of ['/public#/../admin', '/public?x#/../admin', '#', '/#', 'http://a.local/#x', '/a%23#']) {
  test(`R4: a raw fragment, "${target}", is refused`, () => refusedWith(400, request(`GET ${target}`)))
}

const targets: readonly (readonly [line: string, what: string])[] = [
  ['GET http:http://internal/admin', 'an opaque target'],
  ['GET http:/admin', 'a target with one slash'],
  ['GET http:admin', 'a target without slashes'],
  ['GET http:///admin', 'an absolute target without host'],
  ['GET http://?x', 'an absolute target with nothing but a query'],
  ['GET http://a@b/', 'an absolute target with userinfo'],
  ['GET http://a b/', 'an absolute target with a space'],
  ['GET http://a/b c', 'a space in the path'],
  ['GET http://a:99999/', 'an absolute target with a port past all ports'],
  ['GET http://a%2eb/', 'an absolute target with an escaped host'],
  ['GET ftp://a/', 'another scheme'],
  ['GET ws://a/', 'the scheme of a WebSocket'],
  ['GET file:///etc/passwd', 'a file'],
  ['GET javascript:alert(1)', 'a script'],
  ['GET admin', 'a rootless target'],
  ['GET a.local:80', 'an authority'],
  ['GET *', 'an asterisk without OPTIONS'],
  ['OPTIONS **', 'two asterisks'],
  ['OPTIONS *?x', 'an asterisk with a query'],
  ['GET ?x', 'a query alone'],
  ['GET / HTTP/2.0', 'HTTP/2.0 on a plain socket'],
  ['GET / HTTP/1.2', 'HTTP/1.2'],
  ['GET / HTTP/1.10', 'HTTP/1.10'],
  ['GET / HTTP/01.1', 'HTTP/01.1'],
  ['GET / http/1.1', 'a version in lower case'],
  ['GET / HTTP/0.9', 'HTTP/0.9 by name'],
  ['GET / ICE/1.0', 'another protocol'],
  ['GET /\xe9', 'a target past ASCII'],
  ['GET /\x7f', 'a control character in the target'],
  ['G\xe9T /', 'a method past ASCII'],
  ['get /', 'a method in lower case'],
  ['GARBAGE /', 'a method nobody knows'],
]

for (const [line, what] of targets) {
  test(`R5: ${what}, "${line}", is refused`, () => refusedWith(400, request(line)))
}

test('R5: HTTP/0.9 is refused', () => refusedWith(400, 'GET /\r\n\r\n'))

test('R5: OPTIONS * is answered here, since no path leads to a member', async () => {
  const { answers } = await stage.say(request('OPTIONS *', ['Connection: close']))
  assert.deepEqual([answers[0]?.status, answers[0]?.body], [200, ''])
  assert.deepEqual(seen(), [])
})

describe('R6: an absolute target', () => {
  const forms: Readonly<Record<string, readonly [target: string, host: string]>> = {
    'http://a.local/x': ['/x', 'a.local'],
    'HTTP://A.local:80/x': ['/x', 'A.local:80'],
    'https://a.local/x?y': ['/x?y', 'a.local'],
    'http://a.local': ['/', 'a.local'],
    'http://a.local?y': ['/?y', 'a.local'],
    'http://a.local/public/../x': ['/x', 'a.local'],
  }
  for (const [target, [path, host]] of Object.entries(forms)) {
    test(`"${target}" is routed by its own host, which replaces Host towards the member`, async () => {
      await ask(target, ['Host: b.local'])
      const [got] = others.get('host')?.requests ?? []
      assert.ok(got)
      assert.deepEqual([got.target, got.host, fieldOf(got, 'X-Forwarded-Host')], [path, host, host])
      assert.equal(member.requests.length, 0)
    })
  }

  test('needs no Host that agrees, but one that is a host', async () => {
    await refusedWith(400, request('GET http://a.local/', ['Host: a/evil']))
  })

  test('is no way round a missing Host', async () => {
    await refusedWith(400, 'GET http://a.local/ HTTP/1.1\r\n\r\n')
  })
})

const hostileHosts: readonly string[] = [
  '',
  ' ',
  'a/evil',
  'a\\evil',
  'a@b',
  'user:password@a.local',
  'a,b',
  'a, b',
  'a b',
  'a\tb',
  'a#b',
  'a?b',
  'a..b',
  '.a',
  '.',
  '..',
  'a.local..',
  'a%2elocal',
  'a%00',
  'b\xfccher',
  'a;b',
  'a"b',
  'a`b',
  "a'b",
  'a(b)',
  'a<b>',
  'a{b}',
  'a|b',
  'a=b',
  'a&b',
  '*',
  '*.local',
  'a.local:x',
  'a.local:-1',
  'a.local:65536',
  'a.local:123456',
  'a.local:80:80',
  'a.local: 80',
  ':80',
  '[::1',
  '::1',
  '[::1]x',
  '[::g]',
  '[fe80::1%eth0]',
  '[a.local]',
  `${'a.'.repeat(130)}local`,
]

for (const host of hostileHosts) {
  test(`R7: Host ${JSON.stringify(host.slice(0, 40))} is refused`, () =>
    refusedWith(400, request('GET /', [`Host: ${host}`])))
}

const hostCounts: Readonly<Record<string, string>> = {
  'no Host on HTTP/1.1': 'GET / HTTP/1.1\r\n\r\n',
  'two Hosts': 'GET / HTTP/1.1\r\nHost: a.local\r\nHost: b.local\r\n\r\n',
  'one Host twice': 'GET / HTTP/1.1\r\nHost: a.local\r\nHost: a.local\r\n\r\n',
  'two Hosts in two cases': 'GET / HTTP/1.1\r\nHost: a.local\r\nhOST: b.local\r\n\r\n',
  'two Hosts on HTTP/1.0': 'GET / HTTP/1.0\r\nHost: a.local\r\nHost: b.local\r\n\r\n',
  'a Host behind a folded line': 'GET / HTTP/1.1\r\nA: b\r\n Host: a.local\r\n\r\n',
  'a Host with a space before its colon': 'GET / HTTP/1.1\r\nHost : a.local\r\n\r\n',
  'a Host with a leading space': 'GET / HTTP/1.1\r\n Host: a.local\r\n\r\n',
}

for (const [what, bytes] of Object.entries(hostCounts)) {
  test(`R7: ${what} is refused`, () => refusedWith(400, bytes))
}

for (const host of [
  'a.local',
  'A.LOCAL',
  'A.LOCAL:80',
  'a.local.',
  'a.local.:80',
  'a.local:0080',
  '[::1]',
  '[::1]:80',
]) {
  test(`R7: Host "${host}" is routed by its name, and reaches the member as it was`, async () => {
    await ask('/x', [`Host: ${host}`])
    assert.deepEqual(
      others.get('host')?.requests.map((each) => each.host),
      [host],
    )
  })
}

for (const host of [
  'xapi.local',
  'api.local.evil',
  'api.localx',
  'x.api.local',
  'api-local',
  'apiXlocal',
  'local',
  'api',
  'api.local.api.local',
  '__proto__',
  'constructor',
]) {
  test(`R9: Host "${host}" is not api.local`, async () => {
    await ask('/api', [`Host: ${host}`])
    assert.deepEqual(seen(), ['member /api'])
  })
}

for (const host of ['api.local', 'API.local', 'api.local.', 'Api.Local:8080']) {
  test(`R9: Host "${host}" is api.local`, async () => {
    await ask('/api', [`Host: ${host}`])
    assert.deepEqual(seen(), ['api /api'])
  })
}

const padding = Array.from({ length: 10_000 }, (_, i) => `a${i % 10}&`).join('')

/** Query → the service, by whether the rule Query(`hidden`, `y`) sees the parameter. */
const queries: Readonly<Record<string, readonly [query: string, service: string]>> = {
  'behind 10,000 others': [`${padding}hidden=y`, 'query'],
  'before 10,000 others': [`hidden=y&${padding}`, 'query'],
  'as the second of its name': ['hidden=n&hidden=y', 'query'],
  'in escapes': ['%68idden=%79', 'query'],
  'in another case': ['Hidden=y', 'member'],
  'in a fragment of an escape': ['hidden=y%', 'member'],
  'behind a question mark': ['a?hidden=y', 'member'],
  'twice escaped': ['%2568idden=y', 'member'],
}

for (const [where, [query, service]] of Object.entries(queries)) {
  test(`R11: a parameter ${where} is seen by "${service}", and forwarded as it was`, async () => {
    await ask(`/query?${query}`)
    assert.deepEqual(seen(), [`${service} /query?${query}`])
  })
}

for (const [query, seenAs] of [
  ['a=1;hidden=y', 'a=1&hidden=y'],
  ['hidden=y;a=1', 'hidden=y&a=1'],
]) {
  test(`R11: the semicolon in "${query}" separates for rules and member alike`, async () => {
    await ask(`/query?${query}`)
    assert.deepEqual(seen(), [`query /query?${seenAs}`])
  })
}

test('R11: a query past the limit of the head is refused, never cut', () =>
  refusedWith(431, request(`GET /query?${padding.repeat(3)}hidden=y`)))
