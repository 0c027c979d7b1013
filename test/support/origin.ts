// Members to forward to: a well-behaved one on node:http, and one that says exactly the bytes it is told.
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { RawPeer } from './raw-peer.ts'

export interface Origin extends AsyncDisposable {
  readonly server: HttpServer
  readonly port: number
  /** How many connections were made to it so far. */
  readonly connections: number
}

/** A node:http server on a free port of the loopback address. */
export async function startOrigin(listener: RequestListener): Promise<Origin> {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => connections++)
  const port = await listen(server)
  return {
    server,
    port,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

export interface RawOrigin extends AsyncDisposable {
  readonly port: number
  /** All connections so far, oldest first. */
  readonly peers: readonly RawPeer[]
  /** The connection with this number, from 0, as soon as it is made. */
  peer(number: number): Promise<RawPeer>
}

/** A TCP server on a free port of the loopback address; `onPeer` is told of every connection. */
export async function startRawOrigin(onPeer: (peer: RawPeer, number: number) => void = () => {}): Promise<RawOrigin> {
  const peers: RawPeer[] = []
  let wake: (() => void)[] = []
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    const peer = new RawPeer(socket)
    peers.push(peer)
    onPeer(peer, peers.length - 1)
    const waiting = wake
    wake = []
    for (const each of waiting) each()
  })
  const port = await listen(server)
  return {
    port,
    peers,
    async peer(number) {
      for (;;) {
        const peer = peers[number]
        if (peer !== undefined) return peer
        await new Promise<void>((resolve) => wake.push(resolve))
      }
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const peer of peers) peer.socket.destroy()
      await closed
    },
  }
}

/** A raw member that answers the head of every request with the next of `answers`, the last one again and again. */
export function startAnsweringOrigin(...answers: readonly string[]): Promise<RawOrigin> {
  let answered = 0
  return startRawOrigin((peer) => {
    let seen = 0
    peer.socket.on('data', () => {
      for (;;) {
        const end = requestEnd(peer.received, seen)
        if (end === undefined) return
        seen = end
        peer.send(answers[Math.min(answered++, answers.length - 1)] ?? '')
      }
    })
  })
}

/** Where the request that begins at `from` ends; undefined while it is incomplete. Good for requests without trailers. */
function requestEnd(text: string, from: number): number | undefined {
  const headEnd = text.indexOf('\r\n\r\n', from) + 4
  if (headEnd === 3) return undefined
  const head = text.slice(from, headEnd)
  const lastChunk = '0\r\n\r\n'
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) {
    const at = text.slice(headEnd - 2).search(/\r\n0\r\n\r\n/)
    return at === -1 ? undefined : headEnd + at + lastChunk.length
  }
  const end = headEnd + Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
  return end > text.length ? undefined : end
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
