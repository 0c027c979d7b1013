// A member that keeps, byte for byte, what it was sent, reads it by the letter, and answers as it is told.
import { startRawOrigin } from '../support/origin.ts'
import type { RawOrigin } from '../support/origin.ts'
import type { RawPeer } from '../support/raw-peer.ts'
import { readRequest, valuesOf } from './strict-message.ts'
import type { Message } from './strict-message.ts'

export interface SeenRequest extends Message {
  readonly method: string
  readonly target: string
  readonly host: string
  /** Which of the member's connections it came on, from 0. */
  readonly connection: number
}

export interface Reply {
  readonly request: SeenRequest
  readonly peer: RawPeer
  /** How many whole requests came before it, over all connections. */
  readonly number: number
}

/** The bytes to answer a whole request with; undefined: none now. */
export type Answering = (reply: Reply) => string | undefined

export interface RecordingMember extends AsyncDisposable {
  readonly url: string
  readonly origin: RawOrigin
  /** The connections over which anything came. */
  readonly peers: readonly RawPeer[]
  /** Whole requests, in the order they ended. */
  readonly requests: readonly SeenRequest[]
  /** What was not a strict request. Nothing may ever be. */
  readonly malformed: readonly string[]
  answering: Answering
  /** The request with this number since the last `forget`, from 0, as soon as it is whole. */
  request(number: number): Promise<SeenRequest>
  /** The connection with this number since the last `forget`, from 0, as soon as anything comes over it. */
  peer(number: number): Promise<RawPeer>
  forget(): void
}

/** Says what it was asked for. */
const echo: Answering = ({ request: { method, target, host } }) =>
  method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n' : ok(`${method} ${target} ${host}`)

export function ok(body: string, fields = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body, 'latin1')}\r\n${fields}\r\n${body}`
}

/** Answers every request with these bytes. */
export function always(answer: string): Answering {
  return () => answer
}

/** `usual` is how it answers until it is told otherwise, and again after `forget`. */
export async function startRecordingMember(usual: Answering = echo): Promise<RecordingMember> {
  let wake: (() => void)[] = []
  let peers: RawPeer[] = []
  let requests: SeenRequest[] = []
  const malformed: string[] = []

  function notify(): void {
    const waiting = wake
    wake = []
    for (const each of waiting) each()
  }

  async function at<Item>(items: () => readonly Item[], number: number): Promise<Item> {
    for (;;) {
      const item = items()[number]
      if (item !== undefined) return item
      await new Promise<void>((resolve) => wake.push(resolve))
    }
  }

  const origin = await startRawOrigin((peer, connection) => {
    let from = 0
    peer.socket.on('data', () => {
      if (!peers.includes(peer)) peers.push(peer)
      for (;;) {
        const read = readRequest(peer.received, from)
        if (read === 'incomplete' || ('complete' in read && !read.complete)) break
        if ('malformed' in read) {
          malformed.push(`${read.malformed} in ${JSON.stringify(peer.received.slice(from))}`)
          break
        }
        from = read.end
        const [method = '', target = ''] = read.start.split(' ')
        const request = { ...read, method, target, host: valuesOf(read.fields, 'host')[0] ?? '', connection }
        requests.push(request)
        const answer = member.answering({ request, peer, number: requests.length - 1 })
        if (answer !== undefined) peer.send(answer)
      }
      notify()
    })
  })

  const member: RecordingMember = {
    url: `http://127.0.0.1:${origin.port}`,
    origin,
    get peers() {
      return peers
    },
    get requests() {
      return requests
    },
    malformed,
    answering: usual,
    request: (number) => at(() => requests, number),
    peer: (number) => at(() => peers, number),
    forget() {
      for (const peer of peers) peer.socket.destroy()
      peers = []
      requests = []
      member.answering = usual
    },
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  }
  return member
}
