// The headers middleware, as Traefik's own tests and those of the package behind its security options have it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HeadersConfig } from '../../../src/model/dynamic-config.ts'
import { field, fieldsNamed, headersWith, pass, type Request } from './harness.ts'

const map = (fields: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(fields))

describe('customRequestHeaders', () => {
  const cases: readonly (readonly [custom: Record<string, string>, sent: string[], member: string[]])[] = [
    [{ 'X-Custom': 'test' }, ['Foo', 'bar'], ['X-Custom', 'test', 'Foo', 'bar']],
    [{ Foo: 'test' }, ['A', '1', 'fOO', 'bar', 'B', '2'], ['A', '1', 'Foo', 'test', 'B', '2']],
    [{ foo: 'test' }, ['Foo', '1', 'X', '', 'Foo', '2'], ['Foo', 'test', 'X', '']],
    [
      { 'X-Forwarded-For': '', 'X-None': '', Foo: '' },
      ['X-Forwarded-For', '192.0.2.1', 'Foo', 'bar', 'A', '1'],
      ['A', '1'],
    ],
    [{ 'x-script-name': '/é ' }, [], ['X-Script-Name', '/Ã©']],
    [{ 'X-Forwarded-Proto': 'https' }, ['X-Forwarded-Proto', 'http'], ['X-Forwarded-Proto', 'https']],
  ]
  for (const [custom, sent, member] of cases) {
    test(`${JSON.stringify(custom)} on ${sent.join(' ')}`, async () => {
      const seen = await pass([headersWith({ customRequestHeaders: map(custom) })], { fields: sent })
      assert.deepEqual(seen.member?.fields, member)
    })
  }

  test('Host is the Host the member is asked for as, and cannot be deleted', async () => {
    const rewritten = await pass([headersWith({ customRequestHeaders: map({ host: 'inside:8080' }) })])
    assert.equal(rewritten.member?.host, 'inside:8080')
    assert.deepEqual(rewritten.member?.fields, [])
    const kept = await pass([headersWith({ customRequestHeaders: map({ Host: '' }) })])
    assert.equal(kept.member?.host, 'shop.example')
  })

  test('what frames the message is not configurable, in either direction', async () => {
    const framing = map({
      'Content-Length': '5',
      'transfer-encoding': 'chunked',
      Connection: 'X-A',
      'Keep-Alive': 'timeout=1',
      Upgrade: 'h2c',
      TE: 'gzip',
      Trailer: 'X-A',
      'Proxy-Connection': 'close',
      Expect: '100-continue',
      'X-A': '1',
    })
    const config = headersWith({ customRequestHeaders: framing, customResponseHeaders: framing })
    const seen = await pass([config], {}, { fields: ['Content-Length', '2'] })
    assert.deepEqual(seen.member?.fields, ['X-A', '1'])
    assert.deepEqual(seen.fields, ['X-A', '1', 'Content-Length', '2'])
  })
})

describe('customResponseHeaders', () => {
  const cases: readonly (readonly [custom: Record<string, string>, client: string[]])[] = [
    [
      { Testing: 'foo', Testing2: 'bar' },
      ['Testing2', 'bar', 'Testing', 'foo', 'Foo', 'bar', 'Set-Cookie', 'a', 'Set-Cookie', 'b'],
    ],
    [{ Testing: 'foo', Foo: '' }, ['Testing', 'foo', 'Set-Cookie', 'a', 'Set-Cookie', 'b']],
    [{ 'set-cookie': '', foo: 'x' }, ['Foo', 'x']],
  ]
  for (const [custom, client] of cases) {
    test(`${JSON.stringify(custom)} on the member's answer`, async () => {
      const fields = ['Foo', 'bar', 'Set-Cookie', 'a', 'Set-Cookie', 'b']
      const seen = await pass([headersWith({ customResponseHeaders: map(custom) })], {}, { fields })
      assert.deepEqual(seen.fields, client)
    })
  }

  test('the outer of two middlewares has the last word, also over an answer of our own', async () => {
    const outer = headersWith({ customResponseHeaders: map({ 'X-Who': 'outer' }) })
    const inner = headersWith({ customResponseHeaders: map({ 'X-Who': 'inner', 'X-Inner': '1' }) })
    assert.deepEqual((await pass([outer, inner])).fields, ['X-Inner', '1', 'X-Who', 'outer'])
    const redirect = { kind: 'redirectScheme', scheme: 'https', port: '', permanent: false } as const
    const between = await pass([outer, redirect, inner])
    assert.equal(field(between, 'x-who'), 'outer')
    assert.equal(field(between, 'x-inner'), undefined)
  })
})

describe('CORS, asked beforehand', () => {
  const origin = 'https://foo.bar.org'
  const preflight = [
    'Access-Control-Request-Headers',
    'origin',
    'Access-Control-Request-Method',
    'GET',
    'Origin',
    origin,
  ]
  const methods = { accessControlAllowMethods: ['GET', 'OPTIONS', 'PUT'], accessControlMaxAge: 600 }
  const answered = {
    'access-control-max-age': '600',
    'access-control-allow-methods': 'GET,OPTIONS,PUT',
  }
  const cases: readonly (readonly [Partial<HeadersConfig>, Record<string, string>])[] = [
    [
      { ...methods, accessControlAllowOriginList: [origin] },
      { ...answered, 'access-control-allow-origin': origin },
    ],
    [{ ...methods, accessControlAllowOriginList: ['https://other'] }, answered],
    [
      { ...methods, accessControlAllowOriginList: ['*'] },
      { ...answered, 'access-control-allow-origin': '*' },
    ],
    [
      { ...methods, accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true },
      { ...answered, 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' },
    ],
    [
      {
        ...methods,
        accessControlAllowOriginListRegex: ['\\.bar\\.org$'],
        accessControlAllowHeaders: ['origin', 'X-A'],
      },
      { ...answered, 'access-control-allow-origin': origin, 'access-control-allow-headers': 'origin,X-A' },
    ],
    [{ addVaryHeader: true }, { 'access-control-max-age': '0' }],
  ]
  for (const [options, expected] of cases) {
    test(JSON.stringify(options), async () => {
      const seen = await pass([headersWith(options)], { method: 'OPTIONS', fields: preflight })
      assert.equal(seen.member, undefined)
      assert.equal(seen.status, 200)
      assert.equal(seen.body, '')
      const got = seen.fields.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), seen.fields[i + 1]]] : []))
      assert.deepEqual(Object.fromEntries(got), { ...expected, 'content-length': '0' })
    })
  }

  const passing: readonly (readonly [string, Request])[] = [
    ['another method', { method: 'GET', fields: preflight }],
    ['no origin', { method: 'OPTIONS', fields: preflight.slice(0, 4) }],
    ['no method asked for', { method: 'OPTIONS', fields: preflight.slice(4) }],
  ]
  for (const [name, request] of passing) {
    test(`${name} is no preflight`, async () => {
      assert.ok((await pass([headersWith({ accessControlMaxAge: 1 })], request)).member)
    })
  }

  test('custom fields alone leave preflights to the member', async () => {
    const custom = headersWith({ customRequestHeaders: map({ foo: 'bar' }) })
    assert.ok((await pass([custom], { method: 'OPTIONS', fields: preflight })).member)
  })
})

describe('CORS, in an answer', () => {
  const origin = 'https://foo.bar.org'
  const cases: readonly (readonly [
    string,
    Partial<HeadersConfig>,
    member: string[],
    client: string[],
    from?: string,
  ])[] = [
    ['listed', { accessControlAllowOriginList: [origin] }, [], ['Access-Control-Allow-Origin', origin]],
    ['any', { accessControlAllowOriginList: ['*'] }, [], ['Access-Control-Allow-Origin', '*']],
    [
      'matched',
      { accessControlAllowOriginListRegex: ['^https?://([a-z]+)\\.bar\\.org$'] },
      [],
      ['Access-Control-Allow-Origin', origin],
    ],
    [
      'matched in the middle',
      { accessControlAllowOriginListRegex: ['([a-z]+)\\.bar'] },
      [],
      ['Access-Control-Allow-Origin', origin],
    ],
    ['not matched', { accessControlAllowOriginListRegex: ['([a-z]+)\\.bar\\.com'] }, [], []],
    ['without origin', { accessControlAllowOriginList: [origin] }, [], [], ''],
    ['without origin, any', { accessControlAllowOriginList: ['*'] }, [], ['Access-Control-Allow-Origin', '*'], ''],
    [
      'never an echo beside credentials for any',
      { accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true },
      [],
      ['Access-Control-Allow-Credentials', 'true', 'Access-Control-Allow-Origin', '*'],
    ],
    ['exposed', { accessControlExposeHeaders: ['origin', 'X-A'] }, [], ['Access-Control-Expose-Headers', 'origin,X-A']],
    [
      'the member overruled',
      { accessControlAllowOriginList: ['*'] },
      ['access-control-allow-origin', 'http://x'],
      ['Access-Control-Allow-Origin', '*'],
    ],
    [
      'the member left alone',
      { accessControlAllowOriginList: ['http://y'] },
      ['Access-Control-Allow-Origin', 'http://x'],
      ['Access-Control-Allow-Origin', 'http://x'],
    ],
    ['Vary', { addVaryHeader: true }, [], ['Vary', 'Origin']],
    ['Vary beside another', { addVaryHeader: true }, ['Vary', 'Testing'], ['Vary', 'Testing,Origin']],
    ['Vary beside two', { addVaryHeader: true }, ['Vary', 'A', 'vary', 'B'], ['Vary', 'A,B,Origin']],
    ['Vary there already', { addVaryHeader: true }, ['Vary', 'Accept, origin'], ['Vary', 'Accept, origin']],
  ]
  for (const [name, options, fields, client, from = origin] of cases) {
    test(name, async () => {
      const request = { fields: from === '' ? [] : ['Origin', from] }
      assert.deepEqual((await pass([headersWith(options)], request, { fields })).fields, client)
    })
  }
})

describe('security', () => {
  const sts = 'Strict-Transport-Security'
  const cases: readonly (readonly [Partial<HeadersConfig>, Request, string[]])[] = [
    [{ permissionsPolicy: 'microphone=(),' }, {}, ['Permissions-Policy', 'microphone=(),']],
    [{ stsSeconds: 1, forceSTSHeader: true }, {}, [sts, 'max-age=1']],
    [{ stsSeconds: 1, forceSTSHeader: true, stsPreload: true }, {}, [sts, 'max-age=1; preload']],
    [
      { stsSeconds: 9, stsIncludeSubdomains: true, stsPreload: true },
      { secure: true },
      [sts, 'max-age=9; includeSubDomains; preload'],
    ],
    [{ stsSeconds: 1 }, {}, []],
    [
      { stsSeconds: 1, sslProxyHeaders: map({ 'x-forwarded-proto': 'https' }) },
      { fields: ['X-Forwarded-Proto', 'https'] },
      [sts, 'max-age=1'],
    ],
    [
      { stsSeconds: 1, sslProxyHeaders: map({ 'X-Forwarded-Proto': 'https' }) },
      { fields: ['X-Forwarded-Proto', 'http'] },
      [],
    ],
    [{ stsSeconds: 1, isDevelopment: true }, { secure: true }, []],
    [{ publicKey: 'pin' }, { secure: true }, ['Public-Key-Pins', 'pin']],
    [{ publicKey: 'pin' }, {}, []],
    [{ customFrameOptionsValue: 'foo', frameDeny: true }, {}, ['X-Frame-Options', 'foo']],
    [{ frameDeny: true }, {}, ['X-Frame-Options', 'DENY']],
    [{ contentTypeNosniff: true }, {}, ['X-Content-Type-Options', 'nosniff']],
    [{ browserXssFilter: true }, {}, ['X-XSS-Protection', '1; mode=block']],
    [{ browserXssFilter: true, customBrowserXSSValue: '0' }, {}, ['X-XSS-Protection', '0']],
    [{ contentSecurityPolicy: "default-src 'self'" }, {}, ['Content-Security-Policy', "default-src 'self'"]],
    [{ contentSecurityPolicyReportOnly: 'x' }, {}, ['Content-Security-Policy-Report-Only', 'x']],
    [{ referrerPolicy: 'same-origin' }, {}, ['Referrer-Policy', 'same-origin']],
  ]
  for (const [options, request, client] of cases) {
    test(`${JSON.stringify({ ...options, sslProxyHeaders: undefined })} ${JSON.stringify(request)}`, async () => {
      assert.deepEqual((await pass([headersWith(options)], request)).fields, client)
    })
  }

  test('what the member says of it is overruled, and a custom field overrules both', async () => {
    const custom = map({ 'X-Frame-Options': 'SAMEORIGIN' })
    const fields = ['x-frame-options', 'ALLOWALL']
    const plain = await pass([headersWith({ frameDeny: true })], {}, { fields })
    assert.deepEqual(fieldsNamed(plain, 'x-frame-options'), ['DENY'])
    const overruled = await pass([headersWith({ frameDeny: true, customResponseHeaders: custom })], {}, { fields })
    assert.deepEqual(fieldsNamed(overruled, 'x-frame-options'), ['SAMEORIGIN'])
  })

  const hosts = { allowedHosts: ['foo.com', 'bar.com:8080'], hostsProxyHeaders: ['X-Forwarded-Host'] }
  const hostCases: readonly (readonly [Partial<HeadersConfig>, Request, status: number])[] = [
    [hosts, { host: 'foo.com' }, 200],
    [hosts, { host: 'FOO.com' }, 200],
    [hosts, { host: 'foo.com:81' }, 500],
    [hosts, { host: 'bar.com:8080' }, 200],
    [hosts, { host: 'boo.com' }, 500],
    [hosts, { host: null }, 500],
    [hosts, { host: 'boo.com', fields: ['X-Forwarded-Host', 'foo.com'] }, 200],
    [hosts, { host: 'foo.com', fields: ['X-Forwarded-Host', 'boo.com'] }, 500],
    [{ ...hosts, isDevelopment: true }, { host: 'boo.com' }, 200],
    [{ ...hosts, customRequestHeaders: map({ Host: 'foo.com' }) }, { host: 'boo.com' }, 200],
  ]
  for (const [options, request, status] of hostCases) {
    test(`${JSON.stringify(request)} is answered ${status}${options.isDevelopment === true ? ' in development' : ''}`, async () => {
      const seen = await pass([headersWith(options)], request)
      assert.equal(seen.status, status)
      assert.equal(seen.member === undefined, status === 500)
    })
  }

  test('a host that may not come is told so, with the custom fields and without the others', async () => {
    const config = headersWith({ ...hosts, frameDeny: true, customResponseHeaders: map({ 'X-A': '1' }) })
    const seen = await pass([config], { host: 'boo.com' })
    assert.equal(seen.body, 'Bad Host\n')
    assert.equal(field(seen, 'x-a'), '1')
    assert.equal(field(seen, 'x-frame-options'), undefined)
  })
})
