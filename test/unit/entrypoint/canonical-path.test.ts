import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { canonicalPath } from '../../../src/entrypoint/canonical-path.ts'

const rules = { sanitize: true, refusedEscapes: undefined }

const cases: readonly (readonly [raw: string, canonical: string | undefined])[] = [
  ['/', '/'],
  ['/a/b.html', '/a/b.html'],
  ['/public/../admin', '/admin'],
  ['/public/%2e%2e/admin', '/admin'],
  ['/public/.%2E/admin', '/admin'],
  ['//admin', '/admin'],
  ['/./admin', '/admin'],
  ['/../../x', '/x'],
  ['/a//b///c/', '/a/b/c/'],
  ['/a/b/..', '/a'],
  ['/..', '/'],
  ['/a/../', '/'],
  ['/.well-known/x', '/.well-known/x'],
  ['/...', '/...'],
  ['/api../x', '/api../x'],
  ['/%61pi', '/api'],
  ['/%7Euser', '/~user'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%2f..%2fb', '/a%2F..%2Fb'],
  ['/a%5cb', '/a%5Cb'],
  ['/a%00', '/a%00'],
  ['/%25%3b%3f%23', '/%25%3B%3F%23'],
  ['/%c3%a9', '/%C3%A9'],
  ['/a\\..\\b', '/a%5C..%5Cb'],
  ['/a|b{c}"<>^`', '/a%7Cb%7Bc%7D%22%3C%3E%5E%60'],
  ["/!$&'()*+,;=:@[]", "/!$&'()*+,;=:@[]"],
  ['/%', undefined],
  ['/%2', undefined],
  ['/%zz', undefined],
  ['/%2/b', undefined],
  ['/a#b', undefined],
  ['/a b', undefined],
  ['/\u0001', undefined],
  ['/é', undefined],
]

describe('canonicalPath', () => {
  for (const [raw, canonical] of cases) {
    it(`makes ${JSON.stringify(raw)} ${canonical === undefined ? 'no path' : canonical}`, () => {
      assert.equal(canonicalPath(raw, rules), canonical)
    })
  }

  it('refuses the escapes it is told to, in either case', () => {
    const refused = { ...rules, refusedEscapes: new Set(['%2F', '%5C', '%00']) }
    for (const raw of ['/admin%2Fusers', '/admin%2fusers', '/admin%5Cusers', '/admin%00', '/a\\b']) {
      assert.equal(canonicalPath(raw, refused), undefined)
    }
    assert.equal(canonicalPath('/a%3Bb', refused), '/a%3Bb')
  })

  const unsanitized = [
    ['/public/../admin', '/public/../admin'],
    ['/public/%2e%2E/admin', '/public/../admin'],
    ['//a/./b//', '//a/./b//'],
    ['/%61//b%2f', '/a//b%2F'],
    ['/a\\b', '/a%5Cb'],
    ['/%zz/../', undefined],
    ['/a b/../', undefined],
  ] as const
  for (const [raw, canonical] of unsanitized) {
    it(`leaves dot segments and slashes as they are when told so: ${raw}`, () => {
      assert.equal(canonicalPath(raw, { ...rules, sanitize: false }), canonical)
    })
  }

  it('gives a path that is its own canonical form, rooted, without dot segments or empty ones', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2E',
      '%2f',
      '%61',
      '%',
      'a',
      '\\',
      '//',
      '%zz',
      '~',
      ';',
      '%25',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = canonicalPath(`/${pieces.join('')}`, rules)
        if (path === undefined) return
        assert.equal(canonicalPath(path, rules), path)
        assert.match(path, /^\//)
        assert.doesNotMatch(path, /\/\/|\/\.{1,2}(\/|$)|%2e|\\/i)
      }),
      { numRuns: 2000 },
    )
  })
})
