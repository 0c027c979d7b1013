import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileRegexp } from '../../../src/expression/regexp.ts'
import type { Regexp } from '../../../src/expression/regexp.ts'
import { parseReplacement } from '../../../src/expression/replacement.ts'
import type { Replacement } from '../../../src/expression/replacement.ts'

function regexp(pattern: string): Regexp {
  const compiled = compileRegexp(pattern)
  assert.ok(!('reason' in compiled), 'reason' in compiled ? compiled.reason : '')
  return compiled
}

function replacement(text: string): Replacement {
  const parsed = parseReplacement(text)
  assert.ok(!('reason' in parsed))
  return parsed
}

describe('replaceAll gives what Go gives', () => {
  const rows: readonly (readonly [pattern: string, text: string, replacement: string, result: string])[] = [
    ['^/api/(.*)', '/api/v1/x', '/$1', '/v1/x'],
    ['^/api/(.*)', '/other', '/$1', '/other'],
    ['^https?://(?:www\\.)?(.+)', 'http://www.a.local/x?y=1', 'https://${1}', 'https://a.local/x?y=1'],
    ['^/(?P<user>\\w+)/(?P<item>\\w+)$', '/ann/7', '/items/${item}/$user', '/items/7/ann'],
    ['/+', '//a///b', '/', '/a/b'],
    ['a+', 'baaac', 'x', 'bxc'],
    ['a*', 'baaac', 'x', 'xbxcx'],
    ['a*', 'ab', 'x', 'xbx'],
    ['', 'abc', '-', '-a-b-c-'],
    ['x*', 'é😀a', '-', '-é-😀-a-'],
    ['^a', 'aaa', 'x', 'xaa'],
    ['a$', 'aaa', 'x', 'aax'],
    ['\\b', 'ab cd', '|', '|ab| |cd|'],
    ['(a)(b)?', 'ab a', '[$1$2]', '[ab] [a]'],
    ['(a)', 'a', '$1x|${1}x|$1_|$1-', '|ax||a-'],
    ['(a)', 'a', '$0$10$2$01$x${y}', 'a'],
    ['(a)', 'a', '$$1|$|$(|${|${1|$ 1|\\1|$-', '$1|$|$(|${|${1|$ 1|\\1|$-'],
    ['(?P<a_1>a)', 'a', '<$a_1><$a_1é>', '<a><>'],
    ['(a)', 'a', '$999999999', ''],
  ]
  for (const [pattern, text, template, result] of rows) {
    test(`"${template}" for ${pattern} in "${text}"`, () => {
      assert.equal(regexp(pattern).replaceAll(text, replacement(template)), result)
    })
  }

  test('or nothing, where each of thousands of matches would read the whole text again', () => {
    assert.equal(regexp('(.*x)?').replaceAll('a'.repeat(8000), replacement('')), undefined)
    assert.equal(regexp('(?:.*[a-z]{200}x)?a').replaceAll('a'.repeat(8000), replacement('')), undefined)
    assert.equal(regexp('a').replaceAll('a'.repeat(2000), replacement('b')), 'b'.repeat(2000))
  })

  test('and takes replacements of up to 1024 characters', () => {
    assert.deepEqual(parseReplacement('a'.repeat(1024)), ['a'.repeat(1024)])
    assert.deepEqual(parseReplacement('a'.repeat(1025)), {
      reason: 'the replacement is 1025 characters long; the limit is 1024',
      hint: undefined,
    })
  })
})

describe('find', () => {
  const rows: readonly (readonly [pattern: string, text: string, found: string | undefined])[] = [
    ['^/api/v[0-9]+', '/api/v12/x', '/api/v12'],
    ['/v[0-9]', '/x/v1/v2', '/v1'],
    ['a*', 'baa', ''],
    ['a|ab', 'ab', 'a'],
    ['x', 'abc', undefined],
  ]
  for (const [pattern, text, found] of rows) {
    test(`gives the leftmost match of ${pattern} in ${text}`, () => assert.equal(regexp(pattern).find(text), found))
  }
})

/** A text that counts how often a character of it is asked for. */
class CountingText extends String {
  reads = 0

  override codePointAt(index: number): number | undefined {
    this.reads++
    return super.codePointAt(index)
  }

  override charCodeAt(index: number): number {
    this.reads++
    return super.charCodeAt(index)
  }
}

test('expressions that take a backtracking engine for ever read each character a few times', () => {
  for (const pattern of ['^(a+)+$', '^(a|aa)+$', '^(a*)*(a*)*$', '^([ab]*)*([ab]*)*$', '^(a?){50}a{50}$']) {
    const text = new CountingText(`${'a'.repeat(60)}!`)
    assert.equal(regexp(pattern).test(text as unknown as string), false, pattern)
    assert.ok(text.reads >= text.length && text.reads <= 3 * text.length, `${pattern}: ${text.reads} reads`)
  }
})
