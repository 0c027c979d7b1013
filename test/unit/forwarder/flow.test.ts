// Bodies far larger than memory should hold: neither side may run ahead of the other.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type OutgoingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startOrigin } from '../../support/origin.ts'
import { memberAt, startFront } from './front.ts'

const megabyte = 1024 * 1024
const totals = { chunks: 256 * megabyte, length: 64 * megabyte }
const piece = Buffer.alloc(megabyte / 4, 'x')

/** What may be under way at any instant: the buffers of three hops, those of the kernel included, with room to spare. */
const inFlightMax = 48 * megabyte

/** Writes until the other side takes no more; `sent` tells how much that was. */
class Flood {
  sent = 0
  readonly #target: OutgoingMessage
  readonly #total: number

  constructor(target: OutgoingMessage, total: number) {
    this.#total = total
    this.#target = target
    this.#pour()
  }

  #pour(): void {
    while (this.sent < this.#total) {
      this.sent += piece.length
      if (!this.#target.write(piece)) {
        this.#target.once('drain', () => this.#pour())
        return
      }
    }
    this.#target.end()
  }
}

/** Resolves when the flood has not moved for a while: everything that can hold bytes is full. */
async function stalled(flood: Flood): Promise<void> {
  for (let before = -1; before !== flood.sent;) {
    before = flood.sent
    await delay(150)
  }
}

/** Reads to the end; returns how many bytes came, and how many were under way at most meanwhile. */
async function drain(stream: NodeJS.ReadableStream, flood: Flood): Promise<{ bytes: number; inFlight: number }> {
  let bytes = 0
  let inFlight = flood.sent
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    inFlight = Math.max(inFlight, flood.sent - bytes)
  })
  await once(stream, 'end')
  return { bytes, inFlight }
}

for (const framing of ['chunks', 'length'] as const) {
  const total = totals[framing]

  test(`a download in ${framing} waits for a client that does not read, and then arrives whole`, async () => {
    let flood: Flood | undefined
    await using origin = await startOrigin((_request, response) => {
      if (framing === 'length') response.setHeader('Content-Length', total)
      flood = new Flood(response, total)
    })
    await using front = await startFront(memberAt(origin.port))
    const asked = request({ port: front.port, host: '127.0.0.1', agent: false }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    assert.ok(flood)
    await stalled(flood)
    const { bytes, inFlight } = await drain(answer, flood)
    assert.equal(bytes, total)
    assert.ok(inFlight < inFlightMax, `${inFlight} bytes were under way`)
  })

  test(`an upload in ${framing} waits for a member that does not read, and then arrives whole`, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    await using front = await startFront(memberAt((server.address() as AddressInfo).port))
    const asked = request({ port: front.port, host: '127.0.0.1', agent: false, method: 'PUT' })
    if (framing === 'length') asked.setHeader('Content-Length', total)
    const flood = new Flood(asked, total)
    const [arrived, response] = await once(server, 'request')
    await stalled(flood)
    const { bytes, inFlight } = await drain(arrived, flood)
    assert.equal(bytes, total)
    assert.ok(inFlight < inFlightMax, `${inFlight} bytes were under way`)
    response.end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    await once(answer, 'end')
    server.closeAllConnections()
    await server[Symbol.asyncDispose]()
  })
}

test('a client that leaves while it is waited for is noticed', async () => {
  let flood: Flood | undefined
  let gone: Promise<unknown> | undefined
  await using origin = await startOrigin((arrived, response) => {
    gone = new Promise((resolve) => arrived.socket.once('close', resolve))
    flood = new Flood(response, totals.chunks)
  })
  await using front = await startFront(memberAt(origin.port))
  const asked = request({ port: front.port, host: '127.0.0.1', agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  assert.ok(flood)
  await stalled(flood)
  answer.on('error', () => {})
  answer.socket.resetAndDestroy()
  await gone
  assert.equal(await front.outcome(0), 'settled')
})

test('what a slow client has not read yet stays as it was, whatever the member answers others meanwhile', async () => {
  // Both answers come over one connection, and it reads into the same memory.
  const size = 8 * megabyte
  await using origin = await startOrigin((arrived, response) => {
    const letter = arrived.url?.slice(1) ?? ''
    response.setHeader('Content-Length', size)
    response.end(Buffer.alloc(size, letter))
  })
  await using front = await startFront(memberAt(origin.port))
  const slow = await ask(front.port, '/a')
  for (const letter of ['b', 'c']) {
    const quick = await ask(front.port, `/${letter}`)
    assert.ok((await bytesOf(quick)).equals(Buffer.alloc(size, letter)))
  }
  assert.ok((await bytesOf(slow)).equals(Buffer.alloc(size, 'a')))
})

async function ask(port: number, path: string): Promise<IncomingMessage> {
  const asked = request({ port, host: '127.0.0.1', path, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return answer
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const each of answer) pieces.push(each as Buffer)
  return Buffer.concat(pieces)
}
