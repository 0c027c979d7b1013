import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { checkPath, hostName, methodName } from '../../../src/labels/check-texts.ts'
import type { Leaf } from '../../../src/labels/leaf.ts'
import { duration } from '../../../src/labels/leaf.ts'
import { memberStatus, routeName, weight } from '../../../src/labels/member-texts.ts'
import { separator, sessionName } from '../../../src/labels/session-texts.ts'
import { answerField } from '../../../src/labels/texts.ts'
import { statusLetters } from '../../../src/model/service-config.ts'

/** The value, or why there is none. */
function read(leaf: Leaf<unknown>, text: string): unknown {
  const reading = leaf.read(text)
  return reading.ok ? reading.value : `${reading.reason}; ${reading.hint ?? ''}`
}

function refuses(leaf: Leaf<unknown>, text: string, why: RegExp): void {
  const reading = leaf.read(text)
  assert.ok(!reading.ok, `${JSON.stringify(text)} is read`)
  assert.match(`${reading.reason}; ${reading.hint ?? ''}`, why)
}

describe('a weight', () => {
  for (const [text, expected] of [
    ['0', 0],
    ['0.00', 0],
    ['0.01', 0.01],
    ['1', 1],
    ['2.5', 2.5],
    ['65535', 65_535],
    ['65535.00', 65_535],
  ] as const) {
    test(`may be ${text}`, () => assert.equal(read(weight(), text), expected))
  }
  for (const text of [
    '0.005',
    '1e3',
    '-1',
    '65535.01',
    '65536',
    '.5',
    '1.',
    'NaN',
    'Infinity',
    '',
    ' 1',
    '0x10',
    '1,5',
  ]) {
    test(`may not be ${JSON.stringify(text)}, and the range is named`, () => {
      refuses(weight(), text, /is not 0, or 0\.01 to 65535 with at most two decimals/)
    })
  }
})

describe('a status', () => {
  for (const [text, expected] of [
    ['+H', 'H'],
    ['D', 'D'],
    ['ds', 'DS'],
    ['irhnsd', statusLetters],
    ['DS-E+h', 'DSH'],
    ['D+S-D', 'S'],
    ['-D', ''],
    ['+', ''],
    ['HHH', 'H'],
  ] as const) {
    test(`${text} sets ${expected === '' ? 'nothing' : expected}`, () =>
      assert.equal(read(memberStatus(), text), expected))
  }

  test('names the letter that is none, and those there are', () => {
    refuses(memberStatus(), '+HX', /^"\+HX": there is no status "X"; there are D \(disabled\), S .*H \(hot standby\)/)
    refuses(memberStatus(), 'D S', /there is no status " "/)
  })

  for (const letter of 'ECOUGF') {
    test(`does not set ${letter}, which Muster decides, but may clear it`, () => {
      refuses(memberStatus(), `+${letter}`, new RegExp(`"${letter}" \\(.*\\) is for Muster to decide`))
      assert.equal(read(memberStatus(), `H-${letter.toLowerCase()}`), 'H')
    })
  }

  test('is letters in one order, whatever is written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[DSNHRIdsnhri+-]{1,20}$/), (text) => {
        const letters = String(read(memberStatus(), text))
        assert.equal(letters, [...statusLetters].filter((letter) => letters.includes(letter)).join(''))
      }),
    )
  })
})

test('a route is what a cookie and a header carry in the clear', () => {
  for (const text of ['1', 's1', 'web-2', 'a.b_C', 'x'.repeat(63)]) assert.equal(read(routeName(), text), text)
  for (const text of ['', 'x'.repeat(64), 'a b', 'a;b', 'é', 'a\r\nSet-Cookie: b', '"a"']) {
    refuses(routeName(), text, /1 to 63 letters, digits/)
  }
})

describe('a session', () => {
  test('has one name for cookie and parameter, or two', () => {
    assert.deepEqual(read(sessionName(), 'ROUTEID'), { cookie: 'ROUTEID', parameter: 'ROUTEID' })
    assert.deepEqual(read(sessionName(), 'JSESSIONID|jsessionid'), { cookie: 'JSESSIONID', parameter: 'jsessionid' })
  })
  for (const text of [
    '',
    '|',
    'a|',
    '|a',
    'a|b|c',
    'a b',
    'a;b|c',
    'a|b;c',
    'a|b=c',
    'a|b&c',
    'a|b c',
    'a#',
    'é|a',
    'a|b\n',
  ]) {
    test(`has no name like ${JSON.stringify(text)}`, () => refuses(sessionName(), text, /write JSESSIONID or/))
  }

  test('has a separator that neither cookies nor URLs cut, or none', () => {
    for (const text of ['.', '!', '_', '-', '~', '|']) assert.equal(read(separator(), text), text)
    for (const text of ['off', 'Off', 'OFF']) assert.equal(read(separator(), text), '')
    for (const text of [...';, =&?#/%"\\\t\0é', '..', 'on', '']) refuses(separator(), text, /not one character/)
  })
})

describe('what a check writes into its request', () => {
  test('is a path, never a URL or a second line', () => {
    assert.equal(read(checkPath(), '/health?deep=1'), '/health?deep=1')
    assert.equal(read(checkPath(), 'health'), '/health')
    assert.equal(read(checkPath(), '/check?of=http://db'), '/check?of=http://db')
    refuses(checkPath(), 'http://169.254.169.254/latest', /is a URL; write the path alone/)
    for (const text of ['/a b', '/a\r\nX: y', '/ä', '/a#b']) refuses(checkPath(), text, /is not a path/)
  })
  test('is a method and a host that are ones', () => {
    assert.equal(read(methodName(), 'OPTIONS'), 'OPTIONS')
    refuses(methodName(), 'GET /', /not an HTTP method/)
    for (const text of ['app.internal', 'app:8080', '[::1]:80']) assert.equal(read(hostName(), text), text)
    for (const text of ['a b', 'a/b', 'a@b', 'a\n']) refuses(hostName(), text, /is not a host/)
  })
  test('comes after some time, and not all the time', () => {
    assert.equal(read(duration({ timed: true }), '1ms'), 1)
    for (const text of ['0', '0s', '1ns'])
      refuses(duration({ timed: true }), text, /is no time at all; write 1ms or more/)
  })
})

test('the field that names the route is none that frames an answer or has a meaning', () => {
  assert.equal(read(answerField(), 'Balancer-Route'), 'Balancer-Route')
  for (const text of ['Content-Length', 'transfer-encoding', 'Set-Cookie'])
    refuses(answerField(), text, /a meaning of its own/)
  refuses(answerField(), 'a: b', /is not the name of an HTTP field/)
})
