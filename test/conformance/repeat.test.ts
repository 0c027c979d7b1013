// A member breaks off with a request in it, at every byte: who may be asked again is, with the whole request, and nobody else.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openRepeatStage } from './repeat-stage.ts'
import type { RepeatStage } from './repeat-stage.ts'

interface Upload {
  readonly method: string
  readonly fields: string
  /** Whole pieces of the body's framing: each is sent when the member has read the one before. */
  readonly pieces: readonly string[]
}

const letters = 'abcdefghijkl'
const framings: Readonly<Record<string, Omit<Upload, 'method'>>> = {
  none: { fields: '', pieces: [] },
  length: { fields: `Content-Length: ${letters.length}\r\n`, pieces: [...letters] },
  chunked: {
    fields: 'Transfer-Encoding: chunked\r\nTrailer: X-T\r\n',
    pieces: [...[...letters].map((letter) => `1\r\n${letter}\r\n`), '0\r\nX-T: last\r\n\r\n'],
  },
}

for (const [framing, body] of Object.entries(framings)) {
  describe(`a member that resets at each byte of a request with ${framing} framing of its body`, () => {
    for (const [what, method, retryNonIdempotent] of [
      ['a PUT reaches the next one whole', 'PUT', false],
      ['a POST reaches the next one whole where its service allows it', 'POST', true],
    ] as const) {
      test(what, async () => {
        await using stage = await openRepeatStage({ balancing: { retryNonIdempotent } })
        const total = await atEachByte(stage, { ...body, method }, async (answer) => {
          assert.match(answer, /^HTTP\/1\.1 200 /)
          assert.equal(stage.steady.requests.length, 1)
          const { body: text, trailers, framing: kind } = await stage.steady.request(0)
          assert.equal(text, body.pieces.length === 0 ? '' : letters)
          assert.equal(kind, framing)
          assert.deepEqual(trailers, framing === 'chunked' ? [['X-T', 'last']] : [])
        })
        assert.ok(total > 'PUT / HTTP/1.1\r\n\r\n'.length + body.pieces.length)
      })
    }

    test('a POST or PATCH of which it read a byte reaches nobody else', async () => {
      for (const method of ['POST', 'PATCH']) {
        await using stage = await openRepeatStage()
        await atEachByte(stage, { ...body, method }, (answer) => {
          assert.match(answer, /^HTTP\/1\.1 502 /)
          assert.deepEqual(stage.steady.peers, [])
        })
      }
    })
  })
}

/** Once for each number of bytes the member reads before it resets. Returns how many it reads of the whole request. */
async function atEachByte(
  stage: RepeatStage,
  upload: Upload,
  check: (answer: string) => Promise<void> | void,
): Promise<number> {
  const { dying, steady, forwarder } = stage
  for (let limit = 1; ; limit++) {
    steady.forget()
    const rest = [...upload.pieces]
    const client = await stage.client(head(upload))
    let whole = 0
    dying.onRead = (text, peer) => {
      if (rest.length === 0) whole = text.length
      const next = rest.shift()
      if (text.length >= limit || next === undefined) {
        peer.socket.resetAndDestroy()
        client.send([next, ...rest.splice(0)].join(''))
      } else client.send(next)
    }
    await check(await client.until('\r\n\r\n'))
    assert.equal(forwarder.keptBytes, 0)
    assert.deepEqual(steady.malformed, [])
    await client[Symbol.asyncDispose]()
    if (whole > 0 && whole <= limit) return whole
  }
}

function head({ method = 'PUT', fields = '' }: Partial<Upload>): string {
  return `${method} / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
}
