// The parser of members' response heads: what it reads, how it reads it in pieces, and what it must never accept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  parseFieldLines,
  parseResponseHead,
  type HeadLimits,
  type Malformed,
  type ResponseHead,
} from '../../../src/forwarder/response-head.ts'

const limits: HeadLimits = { maxResponseHeadBytes: 64 * 1024, maxResponseFields: 500 }

function parse(text: string): ResponseHead | Malformed | undefined {
  return parseResponseHead(Buffer.from(text, 'latin1'), 0, limits)
}

/** As the forwarder does: every piece is added to what is there, and only the new bytes are scanned. */
function parseInPieces(bytes: Buffer, cuts: readonly number[]): ResponseHead | Malformed | undefined {
  let seen = 0
  for (const end of [...cuts, bytes.length]) {
    const result = parseResponseHead(bytes.subarray(0, end), seen, limits)
    if (result !== undefined) return result
    seen = end
  }
  return undefined
}

const sample =
  'HTTP/1.1 200 All is well \xe4\r\nContent-Type:text/html\r\nX-Empty:\r\nX-Blank: \t \r\nSET-cookie:  a=1; b \t\r\n\r\n'

test('a head is read with its fields in case and order, blanks around values taken off', () => {
  assert.deepEqual(parse(`${sample}body`), {
    kind: 'head',
    minorVersion: 1,
    status: 200,
    reason: 'All is well \xe4',
    fields: ['Content-Type', 'text/html', 'X-Empty', '', 'X-Blank', '', 'SET-cookie', 'a=1; b'],
    bytes: sample.length,
  })
})

test('a head without fields, and one without a reason, are heads', () => {
  assert.deepEqual(parse('HTTP/1.0 404 Not Found\r\n\r\n'), {
    kind: 'head',
    minorVersion: 0,
    status: 404,
    reason: 'Not Found',
    fields: [],
    bytes: 26,
  })
  for (const line of ['HTTP/1.1 204 ', 'HTTP/1.1 204']) {
    const head = parse(`${line}\r\n\r\n`)
    assert.ok(head?.kind === 'head')
    assert.equal(head.reason, '')
  }
})

test('a head cut in two at any byte reads the same, and is never read before its end', () => {
  const bytes = Buffer.from(sample, 'latin1')
  for (let cut = 0; cut < bytes.length; cut++) {
    assert.equal(parseInPieces(bytes.subarray(0, cut), []), undefined, `at ${cut}`)
    assert.deepEqual(parseInPieces(bytes, [cut]), parse(sample), `at ${cut}`)
  }
})

test('a head that comes byte by byte reads the same', () => {
  const bytes = Buffer.from(sample, 'latin1')
  assert.deepEqual(parseInPieces(bytes, Array.from(bytes.keys())), parse(sample))
})

test('what cannot become a head is refused before it ends', () => {
  for (const text of ['\n', '\r\n', 'G', 'HTTP/2', 'HTTP/1.1 200 OK\n', 'HTTP/1.1 200 OK\r\nA: b\n', 'http/1.1']) {
    assert.equal(parse(text)?.kind, 'malformed', JSON.stringify(text))
  }
})

test('bounds hold to the byte and to the field', () => {
  const small = { maxResponseHeadBytes: sample.length, maxResponseFields: 4 }
  const bytes = Buffer.from(sample, 'latin1')
  assert.equal(parseResponseHead(bytes, 0, small)?.kind, 'head')
  assert.equal(parseResponseHead(bytes, 0, { ...small, maxResponseHeadBytes: sample.length - 1 })?.kind, 'malformed')
  assert.equal(parseResponseHead(bytes, 0, { ...small, maxResponseFields: 3 })?.kind, 'malformed')
})

/** The grammar of RFC 9112 and 9110 again, as one expression: what it does not match is no head. */
const grammar =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/

const fieldName = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
const fieldValue = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,24}$/)
const anyHead = fc
  .record({
    version: fc.constantFrom('1.0', '1.1'),
    status: fc.integer({ min: 100, max: 999 }),
    reason: fieldValue,
    fields: fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 8 }),
  })
  .map(
    ({ version, status, reason, fields }) =>
      `HTTP/${version} ${status} ${reason}\r\n${fields.map(([name, value]) => `${name}:${value}\r\n`).join('')}\r\n`,
  )

test('every head of the grammar is read whole, in whatever pieces it comes', () => {
  fc.assert(
    fc.property(anyHead, fc.array(fc.nat(400), { maxLength: 6 }), (text, cuts) => {
      const bytes = Buffer.from(text, 'latin1')
      const sorted = cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b)
      const head = parseInPieces(bytes, sorted)
      assert.ok(head?.kind === 'head')
      assert.equal(head.bytes, bytes.length)
      assert.deepEqual(head, parse(text))
    }),
    { numRuns: 500 },
  )
})

/** Characters that mean something to a parser, and some that never may. */
const mischief = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  '\x7f',
  '\x0b',
  '\xa0',
  ',',
  '1',
  'HTTP/1.1 ',
)
const mutation = fc.record({ at: fc.nat(400), drop: fc.nat(3), add: fc.array(mischief, { maxLength: 2 }) })

test('no mutant of a head makes the parser throw, and none that breaks the grammar is accepted', () => {
  fc.assert(
    fc.property(anyHead, fc.array(mutation, { minLength: 1, maxLength: 4 }), (text, mutations) => {
      let mutant = text
      for (const { at, drop, add } of mutations) {
        const where = at % (mutant.length + 1)
        mutant = mutant.slice(0, where) + add.join('') + mutant.slice(where + drop)
      }
      const result = parse(mutant)
      if (result?.kind === 'head') {
        assert.match(mutant.slice(0, result.bytes), grammar)
        for (const part of result.fields) assert.doesNotMatch(part, /[\r\n\0]/)
        // Read at one go, and line by line as trailers are.
        const byLine: string[] = []
        const afterStatus = mutant.indexOf('\n') + 1
        assert.equal(parseFieldLines(mutant.slice(0, result.bytes), afterStatus, byLine, Infinity), undefined)
        assert.deepEqual(result.fields, byLine)
      } else if (result?.kind === 'malformed') {
        assert.notEqual(result.reason, 'a bad head', 'refused, though line by line nothing is wrong with it')
      }
    }),
    { numRuns: 3000 },
  )
})

test('no bytes at all make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, begun) => {
      parseResponseHead(Buffer.concat([Buffer.from(begun ? 'HTTP/1.1 200 OK\r\n' : ''), bytes]), 0, limits)
    }),
    { numRuns: 1000 },
  )
})
