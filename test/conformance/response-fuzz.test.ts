// Members' answers, whole and broken, read by our parser and by Node's: ours never accepts what Node's refuses, they agree
// where both accept, and how the bytes are split into packets makes no difference.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { ResponseReader } from '../../src/forwarder/response-reader.ts'
import type { ResponseHead } from '../../src/forwarder/response-head.ts'
import { inChunks, mutate, mutations } from './mutation.ts'

interface Answer {
  readonly status: number
  readonly fields: readonly string[]
  readonly body: string
  readonly trailers: readonly string[]
}

/** Why it is none. */
type Outcome = Answer | string

const limits = { maxResponseHeadBytes: 16 * 1024, maxResponseFields: 500 }

interface Reading {
  readonly outcome: Outcome
  /** How many of the pieces it took to know. */
  readonly taken: number
}

function read(method: string, pieces: readonly Buffer[]): Reading {
  let outcome: Outcome | undefined
  let head: ResponseHead | undefined
  let body = ''
  const reader = new ResponseReader(method, true, limits, {
    onInterim: () => undefined,
    onHead(final) {
      head = final
      return true
    },
    onPiece(piece) {
      body += piece.toString('latin1')
    },
    onComplete(_plan, trailers) {
      outcome = { status: head?.status ?? 0, fields: head?.fields ?? [], body, trailers }
    },
    onMalformed(reason) {
      outcome = reason
    },
  })
  let taken = 0
  for (const piece of pieces) {
    if (outcome !== undefined) break
    reader.receive(piece)
    taken++
  }
  if (outcome === undefined) reader.end()
  return { outcome: outcome ?? 'cut short', taken }
}

function readByUs(method: string, pieces: readonly Buffer[]): Outcome {
  return read(method, pieces).outcome
}

function byteByByte(bytes: Buffer): Buffer[] {
  return Array.from(bytes.keys(), (i) => bytes.subarray(i, i + 1))
}

/** A socket that says these bytes as soon as it is asked anything, and ends. */
class Saying extends Duplex {
  #bytes: Buffer | undefined

  constructor(bytes: Buffer) {
    super()
    this.#bytes = bytes
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#bytes !== undefined) {
      if (this.#bytes.length > 0) this.push(this.#bytes)
      this.push(null)
      this.#bytes = undefined
    }
    done()
  }
}

function readByNode(method: string, bytes: Buffer): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const sent = request({ method, host: 'a', createConnection: () => new Saying(bytes) })
  sent.on('error', (error) => resolve(error.message))
  let answered = false
  sent.on('close', () => {
    if (!answered) resolve('closed')
  })
  sent.on('response', (response) => {
    answered = true
    let body = ''
    response.setEncoding('latin1')
    response.on('data', (text: string) => (body += text))
    response.on('error', (error) => resolve(error.message))
    response.on('end', () => {
      const { complete, statusCode: status = 0, rawHeaders: fields, rawTrailers: trailers } = response
      resolve(complete ? { status, fields, body, trailers } : 'cut short')
    })
  })
  sent.end()
  return promise
}

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/)
const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,12}$/)
const plainField = fc.tuple(token, value).map(([name, text]) => `${name}: ${text}\r\n`)
const meaningfulField = fc.constantFrom(
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Connection: Upgrade\r\n',
  'Upgrade: websocket\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Content-Length:\t5 \r\n',
  'Content-Length: 05\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: Chunked \r\n',
  'Transfer-Encoding: gzip\r\n',
  'Transfer-Encoding: chunked\t\r\n',
  'Transfer-Encoding:\r\n',
  'Content-Length: 5\t\r\n',
  'Trailer: X\r\n',
)
const fields = fc
  .array(fc.oneof({ weight: 6, arbitrary: plainField }, meaningfulField), { maxLength: 4 })
  .map((lines) => lines.join(''))
const status = fc.oneof(fc.constantFrom(200, 204, 304, 404, 206, 205, 500), fc.integer({ min: 100, max: 999 }))
const statusLine = fc
  .tuple(fc.constantFrom('1.1', '1.1', '1.0'), status, fc.constantFrom(' OK', ' ', '', ' a b\xe9', ' 200'))
  .map(([version, code, reason]) => `HTTP/${version} ${code}${reason}\r\n`)
const interim = fc.constantFrom(
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n',
)
const body = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const framed = fc
  .tuple(body, fc.constantFrom('length', 'chunked', 'until-close'), fc.array(fc.nat(9), { maxLength: 3 }), plainField)
  .map(([text, framing, sizes, trailer]) => {
    if (framing === 'length') return { field: `Content-Length: ${text.length}\r\n`, bytes: text }
    if (framing === 'until-close') return { field: '', bytes: text }
    return { field: 'Transfer-Encoding: chunked\r\n', bytes: inChunks(text, sizes, sizes.length > 2 ? trailer : '') }
  })
const after = fc.constantFrom('', '', '', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil', '\0')

const whole = fc
  .tuple(interim, statusLine, fields, framed, after)
  .map(([first, line, lines, { field, bytes }, rest]) => `${first}${line}${lines}${field}\r\n${bytes}${rest}`)
const anyAnswer = fc.tuple(whole, mutations).map(([text, all]) => Buffer.from(mutate(text, all), 'latin1'))
const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST')

/** Which of several faults is named may depend on how much of it was there to see. */
function verdict(asked: string, pieces: readonly Buffer[]): Answer | 'refused' {
  const ours = readByUs(asked, pieces)
  return typeof ours === 'string' ? 'refused' : ours
}

function seen(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1'))
}

test('L14: what our parser accepts Node accepts too, and both read the same out of it', async () => {
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(method, anyAnswer, async (asked, bytes) => {
      const { outcome: ours, taken } = read(asked, byteByByte(bytes))
      if (typeof ours === 'string') return
      accepted++
      // Without what stands behind the answer: there Node fails, and we drop the connection.
      const nodes = await readByNode(asked, bytes.subarray(0, taken))
      if (typeof nodes === 'string') assert.fail(`accepted, though Node says "${nodes}": ${seen(bytes)}`)
      assert.deepEqual(ours, nodes, seen(bytes))
    }),
    { numRuns: 6000 },
  )
  assert.ok(accepted > 500, `only ${accepted} answers were accepted`)
})

test('L14: our parser accepts what is whole and plain', () => {
  const plain = fc.tuple(statusLine, framed).filter(([line]) => /^HTTP\/1\.1 [2-9]/.test(line))
  fc.assert(
    fc.property(plain, ([line, { field, bytes }]) => {
      const ours = readByUs('GET', [Buffer.from(`${line}${field}\r\n${bytes}`, 'latin1')])
      if (typeof ours === 'string') assert.fail(ours)
    }),
    { numRuns: 1000 },
  )
})

test('L14: how an answer is split into packets changes nothing', () => {
  fc.assert(
    fc.property(method, anyAnswer, fc.array(fc.nat(500), { maxLength: 8 }), (asked, bytes, cuts) => {
      const ends = [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
      const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter((piece) => piece.length > 0)
      assert.deepEqual(verdict(asked, pieces), verdict(asked, [bytes]), seen(bytes))
    }),
    { numRuns: 6000 },
  )
})

test('L14: an answer that comes byte by byte is read as one that comes at once', () => {
  fc.assert(
    fc.property(method, anyAnswer, (asked, bytes) => {
      assert.deepEqual(verdict(asked, byteByByte(bytes)), verdict(asked, [bytes]), seen(bytes))
    }),
    { numRuns: 2000 },
  )
})

test('L14: no bytes at all make our parser throw', () => {
  fc.assert(
    fc.property(
      method,
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('', 'HTTP/1.1 200 OK\r\n'),
      (asked, noise, begin) => {
        readByUs(asked, [Buffer.concat([Buffer.from(begin), noise])])
      },
    ),
    { numRuns: 3000 },
  )
})

const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const lenient: Readonly<Record<string, string>> = {
  'a tab in a chunk extension': `${chunkedHead}2;\tx=y\r\nok\r\n0\r\n\r\n`,
  'a space in a chunk extension': `${chunkedHead}2; x=y\r\nok\r\n0\r\n\r\n`,
  'an empty chunk extension': `${chunkedHead}2;\r\nok\r\n0\r\n\r\n`,
  'a chunk extension past ASCII': `${chunkedHead}2;\xe9\r\nok\r\n0\r\n\r\n`,
  'an open quote in a chunk extension': `${chunkedHead}2;x="y\r\nok\r\n0\r\n\r\n`,
  'an interim answer of HTTP/1.0': `HTTP/1.0 103 Early Hints\r\n\r\n${final}`,
  'an interim answer that closes': `HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n${final}`,
  'an interim answer with two lengths': `HTTP/1.1 103 Early Hints\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${final}`,
  'an interim answer with length and chunks': `HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n${final}`,
}

for (const [what, bytes] of Object.entries(lenient)) {
  test(`L14: ${what}, which Node refuses, is refused`, async () => {
    assert.equal(typeof (await readByNode('GET', Buffer.from(bytes, 'latin1'))), 'string', 'Node refuses it')
    assert.equal(typeof readByUs('GET', [Buffer.from(bytes, 'latin1')]), 'string')
  })
}

test('L14: a Transfer-Encoding with a tab behind it, on which readers disagree, is refused', () => {
  const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n2\r\nok\r\n0\r\n\r\n'
  assert.equal(typeof readByUs('GET', [Buffer.from(answer)]), 'string')
})
