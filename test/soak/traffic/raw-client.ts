// A client as bytes: it can stop at any of them, and knows what a whole answer is when it gets one.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { BodyCheck, bodyOf } from '../noise.ts'
import { cut, timeout, whole, wrong } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { pathOf } from './whole-requests.ts'

export interface RawWish {
  readonly method: 'GET' | 'POST'
  /** Bytes of the bodies. */
  readonly up: number
  readonly down: number
  /** What the member thinks before it answers. */
  readonly waitMs?: number
}

/** An answer that has to come. */
export interface Expected {
  readonly id: string
  /** Bytes of its body. */
  readonly down: number
}

const headEnd = '\r\n\r\n'

export class RawClient implements AsyncDisposable {
  readonly id: string
  /** The request as it should be sent, one character per byte. The answer to it ends the connection. */
  readonly text: string
  readonly startedAt = performance.now()
  readonly socket: Socket
  readonly #wish: RawWish
  readonly #closed: Promise<void>
  readonly #over: Promise<'ended' | 'broken'>
  readonly #received: Buffer[] = []
  #receivedBytes = 0
  #onReceived: () => void = () => undefined

  constructor(port: number, id: string, wish: RawWish) {
    this.id = id
    this.#wish = wish
    this.text = requestText(id, wish)
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket = socket
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
    this.#over = new Promise((resolve) => {
      socket.on('end', () => resolve('ended'))
      socket.on('error', () => resolve('broken'))
      socket.on('close', () => resolve('broken'))
    })
    void this.#over.then(() => this.#onReceived())
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk)
      this.#receivedBytes += chunk.length
      this.#onReceived()
    })
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  async sendSlowly(text: string, pauseMs: number): Promise<void> {
    const piece = Math.ceil(text.length / 10)
    for (let i = 0; i < text.length && !this.socket.destroyed; i += piece) {
      this.send(text.slice(i, i + piece))
      await delay(pauseMs)
    }
  }

  /** Resolves when so many bytes have come, or nothing more can. */
  async until(bytes: number): Promise<void> {
    while (this.#receivedBytes < bytes && this.socket.readable)
      await new Promise<void>((resolve) => (this.#onReceived = resolve))
  }

  /**
   * What the other side has made of it, once it has ended the connection. `ahead`: pipelined before this request; where one
   * of those is not answered as it should be, that is the outcome.
   */
  async outcome(timeoutMs: number, ahead: readonly Expected[] = []): Promise<Outcome> {
    const patience = new AbortController()
    const late = delay(timeoutMs, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const)
    const how = await Promise.race([this.#over, late])
    patience.abort()
    if (how === 'late') return timeout
    let rest: Buffer = Buffer.concat(this.#received)
    let outcome = cut(`${how} after ${rest.length} bytes`)
    for (const expected of [...ahead, { id: this.id, down: this.#wish.down }]) {
      const answer = readAnswer(rest, expected)
      if (answer === undefined) return cut(`${how}, ${rest.length} bytes of the last answer`)
      ;({ outcome, rest } = answer)
      if (outcome.name !== '200') return outcome
    }
    return rest.length === 0 ? outcome : wrong(`${rest.length} bytes after the answer`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.#closed
  }
}

/** Of a GET that keeps the connection. */
export function headOf({ id, down }: Expected): string {
  const path = pathOf({ up: 0, down, framing: 'length' })
  return `GET ${path} HTTP/1.1\r\nHost: steady.soak\r\nX-Soak-Id: ${id}${headEnd}`
}

function requestText(id: string, { method, up, down, waitMs = 0 }: RawWish): string {
  const lines = [
    `${method} ${pathOf({ up, down, framing: 'length' })}&wait=${waitMs} HTTP/1.1`,
    'Host: steady.soak',
    `X-Soak-Id: ${id}`,
    'Connection: close',
  ]
  if (method === 'POST') lines.push(`Content-Length: ${up}`)
  return lines.join('\r\n') + headEnd + bodyOf(id, up).toString('latin1')
}

/** The first answer and what follows it; undefined: it is not whole. */
function readAnswer(received: Buffer, { id, down }: Expected): { outcome: Outcome; rest: Buffer } | undefined {
  const end = received.indexOf(headEnd)
  if (end === -1) return undefined
  const head = received.toString('latin1', 0, end)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
  const length = Number(/\r\nContent-Length: (\d+)/i.exec(head)?.[1] ?? 0)
  const from = end + headEnd.length
  const body = received.subarray(from, from + length)
  if (body.length < length) return undefined
  return {
    outcome: judge(status, /\r\nX-Soak-Id: (\S+)/i.exec(head)?.[1], body, { id, down }),
    rest: received.subarray(from + length),
  }
}

function judge(status: number, echoed: string | undefined, body: Buffer, { id, down }: Expected): Outcome {
  if (echoed !== undefined && echoed !== id) return wrong(`the answer to ${echoed}`)
  if (status !== 200) return whole(status)
  if (echoed === undefined) return wrong('an answer without an id')
  const check = new BodyCheck(id, down)
  check.take(body)
  return check.fault === undefined ? whole(status) : wrong(check.fault)
}
