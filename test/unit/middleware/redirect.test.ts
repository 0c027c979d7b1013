// Where redirects send whom, and with which status: the cases of Traefik's own tests, and what it gets wrong.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RedirectRegexConfig, RedirectSchemeConfig } from '../../../src/model/dynamic-config.ts'
import { field, pass, type Request } from './harness.ts'

/** `302 https://foo/`, or `passes`. */
type Outcome = string

function scheme(options: Partial<RedirectSchemeConfig>): RedirectSchemeConfig {
  return { kind: 'redirectScheme', scheme: 'https', port: '', permanent: false, ...options }
}

function regex(pattern: string, replacement: string, permanent = false): RedirectRegexConfig {
  return { kind: 'redirectRegex', regex: pattern, replacement, permanent }
}

async function outcome(config: RedirectSchemeConfig | RedirectRegexConfig, request: Request): Promise<Outcome> {
  const seen = await pass([config], request)
  if (seen.member !== undefined) return 'passes'
  const location = field(seen, 'location')
  return location === undefined ? String(seen.status) : `${seen.status} ${location}`
}

describe('redirectScheme', () => {
  const said = (proto: string): readonly string[] => ['X-Forwarded-Proto', proto]
  const cases: readonly (readonly [Partial<RedirectSchemeConfig>, Request, Outcome])[] = [
    [{}, { host: 'foo' }, '302 https://foo/'],
    [{}, { host: 'foo', fields: said('http') }, '302 https://foo/'],
    [{}, { host: 'foo', fields: said('https') }, 'passes'],
    [{}, { host: 'foo', fields: said('HTTPS') }, 'passes'],
    [{}, { host: 'foo', fields: said('bar') }, '302 https://foo/'],
    [{}, { host: 'foo', fields: said('ws') }, '302 https://foo/'],
    [{}, { host: 'foo', fields: said('wss') }, 'passes'],
    [{}, { host: 'foo', secure: true, fields: said('http') }, '302 https://foo/'],
    [{}, { host: 'foo', secure: true }, 'passes'],
    [{}, { host: 'foo:8080' }, '302 https://foo/'],
    [{ port: '8443' }, { host: 'foo' }, '302 https://foo:8443/'],
    [{ port: '8443' }, { host: 'foo:8000' }, '302 https://foo:8443/'],
    [{ port: '8443' }, { host: 'foo:8000', secure: true }, '302 https://foo:8443/'],
    [{ port: '8443' }, { host: 'foo:8443', secure: true }, 'passes'],
    [{}, { host: 'foo:8000', secure: true, target: '/theother?a=%20b' }, '302 https://foo/theother?a=%20b'],
    [{ port: '8443', permanent: true }, { host: 'foo' }, '301 https://foo:8443/'],
    [{ scheme: 'http', port: '80' }, { host: 'foo:80' }, 'passes'],
    [{ port: '443' }, { host: 'foo:443', secure: true }, 'passes'],
    [{ port: '443' }, { host: 'foo' }, '302 https://foo/'],
    [{ scheme: 'wss', port: '9443' }, { host: 'foo' }, '302 wss://foo:9443/'],
    [{ scheme: 'wss' }, { host: 'foo:5678' }, '302 wss://foo/'],
    [{}, { host: 'foo:443' }, '302 https://foo/'],
    [{ scheme: 'http', port: '8181' }, { host: 'foo:8080' }, '302 http://foo:8181/'],
    [{}, { host: 'foo:80', secure: true }, '302 https://foo/'],
    [{}, { host: '[::1]' }, '302 https://[::1]/'],
    [{}, { host: '[::1]:80' }, '302 https://[::1]/'],
    [{ port: '8443' }, { host: '[::1]:80' }, '302 https://[::1]:8443/'],
    [{ scheme: 'HTTPS' }, { host: 'foo', secure: true }, 'passes'],
    [{}, { host: 'foo', method: 'POST' }, '307 https://foo/'],
    [{}, { host: 'foo', method: 'HEAD' }, '307 https://foo/'],
    [{ permanent: true }, { host: 'foo', method: 'POST' }, '308 https://foo/'],
    [{}, { host: 'foo', target: '//evil.example/' }, '302 https://foo//evil.example/'],
    [{}, { host: null }, '400'],
  ]
  for (const [options, request, expected] of cases) {
    test(`${JSON.stringify(options)} ${JSON.stringify(request)}: ${expected}`, async () => {
      assert.equal(await outcome(scheme(options), request), expected)
    })
  }

  test('what an outer middleware made of Host, path and X-Forwarded-Proto counts', async () => {
    const strip = { kind: 'stripPrefix', prefixes: ['/api'], forceSlash: false } as const
    const seen = await pass([strip, scheme({})], { target: '/api/x?y' })
    assert.equal(field(seen, 'location'), 'https://shop.example/x?y')
  })
})

describe('redirectRegex', () => {
  const parts = '^(?:http?:\\/\\/)(foo)(\\.com)(:\\d+)(.*)$'
  const cases: readonly (readonly [RedirectRegexConfig, Request, Outcome])[] = [
    [regex(parts, 'https://${1}bar$2:443$4'), { host: 'foo.com:80' }, '302 https://foobar.com:443/'],
    [regex(parts, 'https://${1}bar$2:443$4'), { host: 'bar.com:80' }, 'passes'],
    [regex('^(.*)$', 'http://192.168.0.%31/'), {}, '502'],
    [regex('^(.*)$', 'http://a b/'), {}, '502'],
    [regex('^.*%(..)$', 'http://a/%$1x%'), { target: '/%20' }, '502'],
    [regex('^http://', 'https://$1', true), { host: 'foo' }, '301 https://foo/'],
    [regex('https://foo', 'http://foo', true), { host: 'foo', secure: true }, '301 http://foo/'],
    [regex('http://foo:80', 'https://foo:443'), { host: 'foo:80' }, '302 https://foo:443/'],
    [
      regex('http://foo:80', 'https://foo:443'),
      { host: 'foo:80', fields: ['X-Forwarded-Proto', 'https'] },
      '302 https://foo:443/',
    ],
    [regex('http://foo:80', 'http://foo:88'), { host: 'foo:80' }, '302 http://foo:88/'],
    [regex('^http://', 'https://$1'), { host: 'foo', method: 'POST' }, '307 https://foo/'],
    [regex('^http://', 'https://$1', true), { host: 'foo', method: 'POST' }, '308 https://foo/'],
    [regex('^http://(www\\.)?(.+)$', 'http://www.$2'), { host: 'a.example' }, '302 http://www.a.example/'],
    [regex('^http://(www\\.)?(.+)$', 'http://www.$2'), { host: 'www.a.example' }, 'passes'],
    [
      regex('^http://a/old/(.*)$', 'http://a/new?from=$1'),
      { host: 'a', target: '/old/x?y=1' },
      '302 http://a/new?from=x?y=1',
    ],
    [regex('^.*$', '/sorry page#{x}'), {}, '302 /sorry%20page#%7Bx%7D'],
    [regex('^.*$', 'https://a/é'), {}, '302 https://a/%C3%A9'],
    [regex('^.*$', '//other.example/'), {}, '302 //other.example/'],
    [regex('^http://a/(.*)$', 'https://b/$1–${1}é'), { host: 'a', target: '/x' }, '302 https://b/x%E2%80%93x%C3%A9'],
    [regex('^(.*)$', '$1'.repeat(500)), { target: `/${'a'.repeat(1000)}` }, '414'],
  ]
  for (const [config, request, expected] of cases) {
    test(`${config.regex} → ${config.replacement} for ${JSON.stringify(request)}: ${expected}`, async () => {
      assert.equal(await outcome(config, request), expected)
    })
  }

  test('a path never becomes another host, nor another field', async () => {
    const below = regex('^http://[^/]+/(.*)$', '/$1')
    assert.equal(await outcome(below, { target: '//evil.example/' }), '302 /evil.example/')
    assert.equal(await outcome(below, { target: '/\\evil.example/' }), '302 /evil.example/')
    const split = await outcome(below, { target: '/%0d%0aSet-Cookie:x?%0d%0aX: y' })
    assert.equal(split, '302 /%0d%0aSet-Cookie:x?%0d%0aX:%20y')
  })
})

test('a redirect says in words what it is, and where to', async () => {
  const seen = await pass([scheme({})], { host: 'foo' })
  assert.equal(seen.body, 'Found')
  assert.equal(field(seen, 'content-type'), 'text/plain; charset=utf-8')
})
