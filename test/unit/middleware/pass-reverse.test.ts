// What a member says of itself, told in the client's terms. The member is 172.18.0.5:8080 throughout.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PassReverseConfig, PlannedMiddleware } from '../../../src/model/dynamic-config.ts'
import { field, fieldsNamed, headersWith, pass, passReverseWith, type Reply, type Request } from './harness.ts'

const strip = { kind: 'stripPrefix', prefixes: ['/api/'], forceSlash: false } as const
const below: readonly PlannedMiddleware[] = [passReverseWith(), strip]
const asked: Request = {
  target: '/api/jokes',
  fields: ['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'shop.example'],
}

async function mapped(name: string, value: string, request = asked, reply: Reply = {}): Promise<string | undefined> {
  return field(await pass(below, request, { ...reply, fields: [name, value] }), name)
}

describe('Location, Content-Location', () => {
  const cases: readonly (readonly [member: string, client: string])[] = [
    ['/login?next=/x#y', '/api/login?next=/x#y'],
    ['/', '/api/'],
    ['/apix', '/api/apix'],
    ['/api/login', '/api/login'],
    ['/api', '/api'],
    ['/api?x', '/api?x'],
    ['login', 'login'],
    ['?page=2', '?page=2'],
    ['../x', '../x'],
    ['', ''],
    ['http://172.18.0.5:8080/login', 'https://shop.example/api/login'],
    ['HTTP://172.18.0.5:8080/login', 'https://shop.example/api/login'],
    ['http://172.18.0.5:8080', 'https://shop.example/api'],
    ['http://172.18.0.5:8080?x', 'https://shop.example/api?x'],
    ['http://172.18.0.5:8080/api/login', 'https://shop.example/api/login'],
    ['http://172.18.0.5/login', 'http://172.18.0.5/login'],
    ['http://172.18.0.5:80801/login', 'http://172.18.0.5:80801/login'],
    ['http://shop.example/login', 'https://shop.example/api/login'],
    ['http://SHOP.example:80/login', 'https://shop.example/api/login'],
    ['https://shop.example/login', 'https://shop.example/api/login'],
    ['https://shop.example:8443/login', 'https://shop.example:8443/login'],
    ['//172.18.0.5:8080/login', '//shop.example/api/login'],
    ['//evil.example/login', '//evil.example/login'],
    ['http://accounts.example/login', 'http://accounts.example/login'],
    ['http://172.18.0.5:8080@evil.example/', 'http://172.18.0.5:8080@evil.example/'],
    ['http://172.18.0.5:8080.evil.example/', 'http://172.18.0.5:8080.evil.example/'],
    ['mailto:a@shop.example', 'mailto:a@shop.example'],
    ['ftp://shop.example/x', 'ftp://shop.example/x'],
  ]
  for (const [member, client] of cases) {
    test(`${member || 'nothing'} becomes ${client || 'nothing'}`, async () => {
      assert.equal(await mapped('Location', member), client)
      assert.equal(await mapped('content-location', member), client)
    })
  }

  const clients: readonly (readonly [name: string, Request, Reply, member: string, client: string])[] = [
    ['a client over http', { target: '/api/' }, {}, 'http://172.18.0.5:8080/a', 'http://shop.example/api/a'],
    ['over TLS of ours', { target: '/api/', secure: true }, {}, 'http://shop.example/a', 'https://shop.example/api/a'],
    [
      'on a port',
      { target: '/api/', host: 'shop.example:81' },
      {},
      'http://shop.example:81/a',
      'http://shop.example:81/api/a',
    ],
    ['sent on to https, not back', { target: '/api/' }, {}, 'https://shop.example/a', 'https://shop.example/api/a'],
    ['that names no host', { target: '/api/', host: null }, {}, 'http://172.18.0.5:8080/a', '/api/a'],
    [
      'whose Host the member is not told',
      { target: '/api/' },
      { passHostHeader: false },
      'http://shop.example/a',
      'http://shop.example/a',
    ],
  ]
  for (const [name, request, reply, member, client] of clients) {
    test(`a client ${name}`, async () => {
      assert.equal(await mapped('Location', member, request, reply), client)
    })
  }

  test('the Host an inner middleware wrote is the member, and the client keeps its own', async () => {
    const rewrite = headersWith({ customRequestHeaders: new Map([['Host', 'inside']]) })
    const seen = await pass([passReverseWith(), rewrite, strip], asked, { fields: ['Location', 'http://inside/login'] })
    assert.equal(field(seen, 'location'), 'https://shop.example/api/login')
  })

  test('they stay where location is false, and other fields always', async () => {
    const fields = ['Location', '/login', 'Link', '</x>', 'X-Location', '/x']
    assert.deepEqual((await pass([passReverseWith({ location: false }), strip], asked, { fields })).fields, fields)
    const seen = await pass(below, asked, { fields })
    assert.deepEqual(seen.fields, ['Location', '/api/login', 'Link', '</x>', 'X-Location', '/x'])
  })
})

describe('Refresh', () => {
  const cases: readonly (readonly [member: string, client: string])[] = [
    ['5; url=/login', '5; url=/api/login'],
    ['0;URL=http://172.18.0.5:8080/', '0;URL=https://shop.example/api/'],
    ['5; url = "/login"; x', '5; url = "/api/login"; x'],
    ["5,url='/login", "5,url='/api/login"],
    ['5', '5'],
    ['5; /x?url=/login', '5; /x?url=/login'],
    ['5; url=http://evil.example/', '5; url=http://evil.example/'],
  ]
  for (const [member, client] of cases) {
    test(member, async () => assert.equal(await mapped('Refresh', member), client))
  }
})

describe('which prefix', () => {
  const passes = passReverseWith()
  const regex = { kind: 'stripPrefixRegex', regex: ['^/t/[0-9]+'] } as const
  const replaced = { kind: 'replacePath', path: '/elsewhere' } as const
  const slash = { kind: 'stripPrefix', prefixes: ['/api'], forceSlash: true } as const
  const cases: readonly (readonly [name: string, readonly PlannedMiddleware[], target: string, client: string])[] = [
    ['none was taken off', [passes], '/api/x', '/login'],
    ['none, at the root', [passes], '/', '/login'],
    ['all of the path', [passes, strip], '/api/', '/api/login'],
    ['all of it, with forceSlash', [passes, slash], '/api', '/api/login'],
    ['two, one after the other', [passes, strip, { ...strip, prefixes: ['/v1'] }], '/api/v1/x', '/api/v1/login'],
    ['one this request only has', [passes, regex], '/t/42/x', '/t/42/login'],
    ['the middleware stands within', [strip, passes], '/api/x', '/api/login'],
    ['another path altogether', [passes, replaced], '/api/x', '/login'],
    ['the configured one', [passReverseWith({ prefix: '/shop/' })], '/api/x', '/shop/login'],
    [
      'the configured one over what was taken off',
      [passReverseWith({ prefix: '/shop' }), strip],
      '/api/x',
      '/shop/login',
    ],
    ['the configured root', [passReverseWith({ prefix: '/' }), strip], '/api/x', '/login'],
  ]
  for (const [name, configs, target, client] of cases) {
    test(name, async () => {
      const seen = await pass(configs, { target }, { fields: ['Location', '/login'] })
      assert.equal(field(seen, 'location'), client)
    })
  }
})

describe('Set-Cookie', () => {
  const cookiePath = new Map([
    ['/app', '/shop/'],
    ['/', '/rest'],
  ])
  const cookieDomain = new Map([['inside.example', 'shop.example']])
  const cases: readonly (readonly [Partial<PassReverseConfig>, member: string, client: string])[] = [
    [{}, 'a=b; Path=/; HttpOnly', 'a=b; Path=/api; HttpOnly'],
    [{}, 'a=b;path=/x;SameSite=Lax', 'a=b;path=/api/x;SameSite=Lax'],
    [{}, 'a=b; PATH = /x ; Secure', 'a=b; PATH = /api/x ; Secure'],
    [{}, 'a=b; Path=/api', 'a=b; Path=/api'],
    [{}, 'a=b; Path=/api/x', 'a=b; Path=/api/x'],
    [{}, 'a=b; Path=/apix', 'a=b; Path=/api/apix'],
    [{}, 'a=b', 'a=b'],
    [{}, 'a=b; Path; Path=; Path=x', 'a=b; Path; Path=; Path=x'],
    [{}, 'Path=/; Path=/y', 'Path=/; Path=/api/y'],
    [{}, 'a="x; Path=/y"; Path=/', 'a="x; Path=/y"; Path=/api'],
    [{}, 'a="x; Path=/', 'a="x; Path=/api'],
    [{}, 'a=b; X-Path=/; Path=/x', 'a=b; X-Path=/; Path=/api/x'],
    [{}, 'a=b; Domain=inside.example', 'a=b; Domain=inside.example'],
    [{ cookiePath }, 'a=b; Path=/app', 'a=b; Path=/shop'],
    [{ cookiePath }, 'a=b; Path=/app/x', 'a=b; Path=/shop/x'],
    [{ cookiePath }, 'a=b; Path=/app/shop', 'a=b; Path=/shop/shop'],
    [{ cookiePath }, 'a=b; Path=/app/', 'a=b; Path=/shop/'],
    [{ cookiePath }, 'a=b; Path=/apps', 'a=b; Path=/rest/apps'],
    [{ cookiePath }, 'a=b; Path=/rest/x', 'a=b; Path=/rest/x'],
    [{ cookiePath: new Map([['/app', '/']]) }, 'a=b; Path=/app', 'a=b; Path=/'],
    [{ cookiePath: new Map([['/app', '/']]) }, 'a=b; Path=/other', 'a=b; Path=/other'],
    [{ cookieDomain }, 'a=b; domain=.Inside.Example; Path=/', 'a=b; domain=shop.example; Path=/api'],
    [{ cookieDomain }, 'a=b; Domain=x.inside.example', 'a=b; Domain=x.inside.example'],
    [{ location: false }, 'a=b; Path=/', 'a=b; Path=/api'],
  ]
  for (const [options, member, client] of cases) {
    test(`${member} → ${client}`, async () => {
      const seen = await pass([passReverseWith(options), strip], asked, { fields: ['Set-Cookie', member] })
      assert.equal(field(seen, 'set-cookie'), client)
    })
  }

  test('several are mapped each, and the one of our own sticky session not at all', async () => {
    const fields = ['Set-Cookie', 'a=1; Path=/', 'X', 'y', 'set-cookie', 'b=2; Path=/b']
    const seen = await pass(below, asked, { fields, ours: ['Set-Cookie', '_76eb3=0; Path=/'] })
    assert.deepEqual(fieldsNamed(seen, 'set-cookie'), ['a=1; Path=/api', 'b=2; Path=/api/b', '_76eb3=0; Path=/'])
  })
})

test('a redirect of our own is not mapped: it was made from what the client asked for', async () => {
  const redirect = { kind: 'redirectRegex', regex: '^.*$', replacement: '/login', permanent: false } as const
  assert.equal(field(await pass([...below, redirect], asked), 'location'), '/login')
})
