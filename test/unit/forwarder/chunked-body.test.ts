// The chunked decoder on its own: any pieces, any mutants.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChunkedBody } from '../../../src/forwarder/chunked-body.ts'

interface Decoded {
  readonly data: string
  readonly taken: number
  readonly body: ChunkedBody
}

function decode(bytes: Buffer, cuts: readonly number[] = []): Decoded {
  const body = new ChunkedBody()
  let data = ''
  let taken = 0
  let from = 0
  const sink = {
    onPiece(piece: Buffer): void {
      data += piece.toString('latin1')
    },
  }
  for (const end of [...cuts, bytes.length]) {
    taken += body.take(bytes.subarray(from, end), sink)
    from = end
    if (body.done || body.malformed !== undefined) break
  }
  return { data, taken, body }
}

const sample = '3\r\nabc\r\n00A;name="v;a\tl"\r\n0123456789\r\n0\r\nX-Sum: 1\r\nx-b:\r\n\r\n'

test('a body in two pieces, cut at any byte, reads the same, and ends where it ends', () => {
  const bytes = Buffer.from(`${sample}more`, 'latin1')
  for (let cut = 0; cut <= sample.length; cut++) {
    const { data, taken, body } = decode(bytes, [cut])
    assert.equal(body.malformed, undefined)
    assert.equal(body.done, true, `cut at ${cut}`)
    assert.equal(data, 'abc0123456789')
    assert.deepEqual(body.trailers, ['X-Sum', '1', 'x-b', ''])
    // Whoever has the bytes sees that something follows.
    assert.equal(taken, sample.length)
  }
})

test('a body is not done one byte before its end', () => {
  for (let length = 0; length < sample.length; length++) {
    const { body } = decode(Buffer.from(sample.slice(0, length), 'latin1'))
    assert.equal(body.done, false)
    assert.equal(body.malformed, undefined)
  }
})

const chunk = fc.tuple(
  fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', '\0'), minLength: 1, maxLength: 40 }),
  fc.boolean(),
)
const anyBody = fc.array(chunk, { maxLength: 5 }).map((chunks) => ({
  data: chunks.map(([data]) => data).join(''),
  text: `${chunks
    .map(([data, extended]) => `${data.length.toString(16)}${extended ? ';x=1' : ''}\r\n${data}\r\n`)
    .join('')}0\r\n\r\n`,
}))

test('every body comes out as it went in, in whatever pieces', () => {
  fc.assert(
    fc.property(anyBody, fc.array(fc.nat(250), { maxLength: 8 }), ({ data, text }, cuts) => {
      const sorted = cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b)
      const decoded = decode(Buffer.from(text, 'latin1'), sorted)
      assert.equal(decoded.body.done, true)
      assert.equal(decoded.data, data)
    }),
    { numRuns: 500 },
  )
})

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = String.raw`"(?:[\t !\x23-\x5b\x5d-\x7e\x80-\xff]|\\["\\])*"`
const sizeLine = new RegExp(`^([0-9a-fA-F]{1,13})(?:;${token}(?:=(?:${token}|${quoted}))?)*\r\n`)

/** Reads the same coding by regular expression; undefined when it is not one whole body, strictly. */
function reference(text: string): string | undefined {
  let data = ''
  for (let at = 0; ;) {
    const line = sizeLine.exec(text.slice(at))
    if (line === null) return undefined
    const size = Number.parseInt(line[1] ?? '', 16)
    at += line[0].length
    if (size === 0) {
      return /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/.test(text.slice(at)) ? data : undefined
    }
    if (text.slice(at + size, at + size + 2) !== '\r\n') return undefined
    data += text.slice(at, at + size)
    at += size + 2
  }
}

for (const extension of [';', ';;a', '; a', ';a ;b', ';a=', ';=b', ';a="', ';a="b', ';a="b"c', ';a="\\b"', ';\xe9']) {
  test(`the chunk extension ${JSON.stringify(extension)} is refused`, () => {
    assert.notEqual(decode(Buffer.from(`1${extension}\r\nx\r\n0\r\n\r\n`, 'latin1')).body.malformed, undefined)
  })
}

test('chunk extensions with names, values, and quoted values are read over', () => {
  const { data, body } = decode(Buffer.from('1;a;b=c;d="e;\\"f"\r\nx\r\n0;last\r\n\r\n', 'latin1'))
  assert.equal(body.done, true)
  assert.equal(data, 'x')
})

const mischief = fc.constantFrom('\r', '\n', '\r\n', '\0', ' ', ';', '0', '1', 'f', 'g', '+', '-', 'x', '_', ':')
const mutation = fc.record({ at: fc.nat(250), drop: fc.nat(2), add: fc.array(mischief, { maxLength: 2 }) })

test('no mutant of a body makes the decoder throw, and it accepts exactly what the grammar does', () => {
  fc.assert(
    fc.property(anyBody, fc.array(mutation, { minLength: 1, maxLength: 3 }), ({ text }, mutations) => {
      let mutant = text
      for (const { at, drop, add } of mutations) {
        const where = at % (mutant.length + 1)
        mutant = mutant.slice(0, where) + add.join('') + mutant.slice(where + drop)
      }
      const { data, body } = decode(Buffer.from(mutant, 'latin1'))
      assert.equal(body.done ? data : undefined, reference(mutant), JSON.stringify(mutant))
    }),
    { numRuns: 3000 },
  )
})
