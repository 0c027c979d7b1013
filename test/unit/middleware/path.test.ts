// What path middlewares make of a request's path, case by case as Traefik's own tests have them, and beyond.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EncodedCharacters, PlannedMiddleware } from '../../../src/model/dynamic-config.ts'
import { field, fieldsNamed, pass } from './harness.ts'

/** The member's target and, where one is expected, the field that tells of the path before; a number: refused so. */
type Expected = number | readonly [target: string, told?: string]

async function shows(config: PlannedMiddleware, target: string, tellsIn: string, expected: Expected): Promise<void> {
  const seen = await pass([config], { target })
  if (typeof expected === 'number') {
    assert.equal(seen.status, expected)
    assert.equal(seen.member, undefined)
    return
  }
  assert.equal(seen.member?.target, expected[0])
  assert.equal(field(seen.member, tellsIn), expected[1])
}

describe('addPrefix', () => {
  const cases: readonly (readonly [prefix: string, target: string, Expected])[] = [
    ['/a', '/b', ['/a/b']],
    ['/a', '/', ['/a/']],
    ['a', '/', ['/a/']],
    ['/a', '/b%2Fc', ['/a/b%2Fc']],
    ['/a', '/b?x=/1&y', ['/a/b?x=/1&y']],
    ['/a b?#é', '/c', ['/a%20b%3F%23%C3%A9/c']],
    ['/a%2Fb', '/c', ['/a%2Fb/c']],
  ]
  for (const [prefix, target, expected] of cases) {
    test(`${prefix} before ${target}`, () =>
      shows({ kind: 'addPrefix', prefix }, target, 'x-forwarded-prefix', expected))
  }

  test('nothing left of a path becomes the prefix', async () => {
    const strip = { kind: 'stripPrefix', prefixes: ['/api'], forceSlash: false } as const
    const seen = await pass([strip, { kind: 'addPrefix', prefix: '/v2' }], { target: '/api?a=b' })
    assert.equal(seen.member?.target, '/v2?a=b')
  })
})

describe('stripPrefix', () => {
  const cases: readonly (readonly [prefixes: readonly string[], target: string, Expected])[] = [
    [[], '/noprefixes', ['/noprefixes']],
    [['/'], '/', ['', '/']],
    [['/stat'], '/stat', ['', '/stat']],
    [['/stat'], '/stat/', ['/', '/stat']],
    [['/stat'], '/status', ['/us', '/stat']],
    [['/stat', '/stat/us'], '/stat/us', ['/us', '/stat']],
    [['/mismatch', '/stat'], '/stat', ['', '/stat']],
    [['/my files'], '/my%20files/x', ['/x', '/my%20files']],
    [['/api'], '/api./foo', 400],
    [['/api'], '/api../foo', 400],
    [['/api'], '/api//foo', 400],
  ]
  for (const [prefixes, target, expected] of cases) {
    const config = { kind: 'stripPrefix', prefixes, forceSlash: false } as const
    test(`${prefixes.join(' or ')} off ${target}`, () => shows(config, target, 'x-forwarded-prefix', expected))
  }

  test('a prefix a trusted proxy took off before stays', async () => {
    const config = { kind: 'stripPrefix', prefixes: ['/b'], forceSlash: false } as const
    const seen = await pass([config], { target: '/b/c', fields: ['X-Forwarded-Prefix', '/a'] })
    assert.deepEqual(seen.member && fieldsNamed(seen.member, 'x-forwarded-prefix'), ['/a', '/b'])
  })
})

describe('stripPrefixRegex', () => {
  const regex = ['/a/api/', '/b/([a-z0-9]+)/', '/c/[a-z0-9]+/[0-9]+/']
  const cases: readonly (readonly [regex: readonly string[], target: string, Expected])[] = [
    [regex, '/a/test', ['/a/test']],
    [regex, '/a/test/', ['/a/test/']],
    [regex, '/a/api/', ['', '/a/api/']],
    [regex, '/a/api/test', ['/test', '/a/api/']],
    [regex, '/a/api/test/?q', ['/test/?q', '/a/api/']],
    [regex, '/b/api/', ['', '/b/api/']],
    [regex, '/b/api', ['/b/api']],
    [regex, '/b/api2/test2', ['/test2', '/b/api2/']],
    [regex, '/c/api/123/test3', ['/test3', '/c/api/123/']],
    [regex, '/c/api/abc/test4', ['/c/api/abc/test4']],
    [regex, '/a/api/a%2Fb', ['/a%2Fb', '/a/api/']],
    [['/b'], '/a/b', ['/a/b']],
    [['/b', ' ^/a '], '/a/b', ['/b', '/a']],
    [['.*?'], '/a', ['/a']],
    [['^/api'], '/api../x', 400],
  ]
  for (const [expressions, target, expected] of cases) {
    const config = { kind: 'stripPrefixRegex', regex: expressions } as const
    test(`${expressions.join(' or ')} off ${target}`, () => shows(config, target, 'x-forwarded-prefix', expected))
  }
})

describe('replacePath', () => {
  const cases: readonly (readonly [path: string, target: string, Expected])[] = [
    ['/replacement', '/example', ['/replacement', '/example']],
    ['/replacement', '/some/long/path?a=b', ['/replacement?a=b', '/some/long/path']],
    ['/replacement', '/foo%2Fbar', ['/replacement', '/foo%2Fbar']],
    ['/foo%2Fbar', '/path', ['/foo%2Fbar', '/path']],
    ['/path/%08bar', '/path/%08bar', ['/path/%08bar', '/path/%08bar']],
    ['/a b?c', '/x', ['/a%20b%3Fc', '/x']],
    ['bare', '/x', ['/bare', '/x']],
  ]
  for (const [path, target, expected] of cases) {
    test(`${path} for ${target}`, () => shows({ kind: 'replacePath', path }, target, 'x-replaced-path', expected))
  }
})

describe('replacePathRegex', () => {
  const cases: readonly (readonly [regex: string, replacement: string, target: string, Expected])[] = [
    ['^/whoami/(.*)', '/who-am-i/$1', '/whoami/and/whoami', ['/who-am-i/and/whoami', '/whoami/and/whoami']],
    ['/whoami', '/who-am-i', '/whoami/and/whoami', ['/who-am-i/and/who-am-i', '/whoami/and/whoami']],
    ['/no-match', '/whoami', '/whoami', ['/whoami']],
    [
      '^(?i)/downloads/([^/]+)/([^/]+)$',
      '/downloads/$1-$2',
      '/downloads/src/x.go',
      ['/downloads/src-x.go', '/downloads/src/x.go'],
    ],
    ['/aaa/bbb', '/foo%2Fbar', '/aaa/bbb', ['/foo%2Fbar', '/aaa/bbb']],
    ['/aaa%2Fbbb', '/foo/bar', '/aaa%2Fbbb', ['/foo/bar', '/aaa%2Fbbb']],
    ['/aaa/bbb', '/foo/bar', '/aaa%2Fbbb', ['/aaa%2Fbbb']],
    ['^/foo/(.*)', '/$1', '/foo/%08bar?q=1', ['/%08bar?q=1', '/foo/%08bar']],
    [' ^/a ', ' /b ', '/a/c', ['/b/c', '/a/c']],
    ['^/a$', '', '/a?x', ['?x', '/a']],
    ['^/(.*)', '$1 b', '/a', ['/a%20b', '/a']],
    ['^/api(.*)', '$1', '/api../admin', 400],
    ['^/api(.*)', '/$1', '/api/x', 400],
    ['%20', '%', '/a%20b', 500],
  ]
  for (const [regex, replacement, target, expected] of cases) {
    const config = { kind: 'replacePathRegex', regex, replacement } as const
    test(`${regex} → ${replacement} in ${target}`, () => shows(config, target, 'x-replaced-path', expected))
  }

  test('a path that takes too long to rewrite is not passed on as it is', async () => {
    const config = { kind: 'replacePathRegex', regex: 'a', replacement: 'b' } as const
    const seen = await pass([config], { target: `/${'a'.repeat(15_000)}` })
    assert.equal(seen.status, 414)
    assert.equal(seen.member, undefined)
  })
})

test('paths that multiply from one rewrite to the next stop at a size that a request could have', async () => {
  const double = { kind: 'replacePathRegex', regex: '^(.*)$', replacement: '$1'.repeat(500) } as const
  const seen = await pass([double, double, double, double], { target: '/a' })
  assert.equal(seen.status, 414)
  assert.equal(seen.member, undefined)
})

describe('encodedCharacters', () => {
  const allowed: EncodedCharacters = {
    allowEncodedSlash: true,
    allowEncodedBackSlash: true,
    allowEncodedNullCharacter: true,
    allowEncodedSemicolon: true,
    allowEncodedPercent: true,
    allowEncodedQuestionMark: true,
    allowEncodedHash: true,
  }
  const escapes: readonly (readonly [option: keyof EncodedCharacters, escape: string])[] = [
    ['allowEncodedSlash', '%2F'],
    ['allowEncodedBackSlash', '%5C'],
    ['allowEncodedNullCharacter', '%00'],
    ['allowEncodedSemicolon', '%3B'],
    ['allowEncodedPercent', '%25'],
    ['allowEncodedQuestionMark', '%3F'],
    ['allowEncodedHash', '%23'],
  ]
  for (const [option, escape] of escapes) {
    test(`${escape} passes unless ${option} is false`, async () => {
      const target = `/a%20b${escape}c?${escape}`
      const pathOf = async (config: EncodedCharacters): Promise<string | undefined> =>
        (await pass([{ kind: 'encodedCharacters', ...config }], { target })).member?.target
      assert.equal(await pathOf(allowed), target)
      assert.equal(await pathOf({ ...allowed, [option]: false }), undefined)
    })
  }

  test('a refused escape is a 400, one that is part of another is none, and the query may hold any', async () => {
    const config = { kind: 'encodedCharacters', ...allowed, allowEncodedSlash: false } as const
    assert.equal((await pass([config], { target: '/a%2Fb' })).status, 400)
    assert.equal((await pass([config], { target: '/a%252Fb?%2F' })).status, 200)
  })
})

test('contentType changes nothing', async () => {
  for (const autoDetect of [undefined, true, false]) {
    const seen = await pass([{ kind: 'contentType', autoDetect }], { target: '/a' }, { fields: ['X-A', '1'] })
    assert.deepEqual(seen.fields, ['X-A', '1'])
  }
})
