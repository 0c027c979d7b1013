// A member that does what it is asked: `/?up=1000&down=5000&framing=chunked` takes a body of that size, checks it, and
// answers with one of that size. It echoes the request's id and notes every POST it was given.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { BodyCheck, bodyOf, bodyPieces } from '../noise.ts'

export interface HonestOptions {
  /** Before anything of the answer is sent: what was noted is then known, whatever becomes of this process. */
  readonly notePost: (id: string) => void
  /** Closes idle connections after so long, without having said so. Undefined: after five seconds, and says so. */
  readonly forgetsAfterMs: number | undefined
}

/** Answers up to this size leave in one piece: they arrive whole or not at all. */
const onePieceBytes = 16 * 1024
const keepAliveMs = 5000

export function honestServer(options: HonestOptions): Server {
  const { forgetsAfterMs } = options
  const server = createServer((request, response) => {
    // A client that went away is nobody's failure.
    answer(request, response, options).catch(() => response.destroy())
  })
  server.keepAliveTimeout = forgetsAfterMs ?? keepAliveMs
  if (forgetsAfterMs !== undefined) Object.assign(server, { keepAliveTimeoutBuffer: 0 })
  const sockets = new WebSocketServer({ noServer: true })
  sockets.on('headers', (lines, { headers }) => lines.push(`X-Soak-Id: ${String(headers['x-soak-id'])}`))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined)
    if (request.url === '/refuse') {
      const id = String(request.headers['x-soak-id'])
      socket.end(`HTTP/1.1 403 Forbidden\r\nX-Soak-Id: ${id}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    } else sockets.handleUpgrade(request, socket, head, echo)
  })
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { notePost, forgetsAfterMs }: HonestOptions,
): Promise<void> {
  const id = String(request.headers['x-soak-id'])
  const { searchParams } = new URL(request.url ?? '/', 'http://member')
  const number = (name: string): number => Number(searchParams.get(name) ?? 0)
  if (request.method === 'POST') notePost(id)
  const check = new BodyCheck(id, number('up'))
  for await (const chunk of request as AsyncIterable<Buffer>) check.take(chunk)
  response.setHeader('X-Soak-Id', id)
  // node:http then leaves out how long it will keep the connection.
  if (forgetsAfterMs !== undefined) response.setHeader('Connection', 'keep-alive')
  if (check.fault !== undefined) {
    response.writeHead(422).end(check.fault)
    return
  }
  if (number('wait') > 0) await delay(number('wait'))
  if (number('interim') > 0) response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (number('status') > 0) {
    response.writeHead(number('status')).end()
    return
  }
  const down = number('down')
  if (searchParams.get('framing') === 'chunked' && request.method !== 'HEAD') {
    response.writeHead(200, { Trailer: 'X-Soak-Trailer' })
    response.addTrailers({ 'X-Soak-Trailer': id })
  } else response.writeHead(200, { 'Content-Length': down })
  if (request.method === 'HEAD') response.end()
  else if (down <= onePieceBytes) response.end(bodyOf(id, down))
  else await pipeline(Readable.from(bodyPieces(id, down), { objectMode: false }), response)
}

/** Sends messages back, and goes when told to. */
function echo(socket: WebSocket, request: IncomingMessage): void {
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer, isBinary) => {
    const text = isBinary ? '' : data.toString()
    if (text === 'close') socket.close(4001, 'as asked')
    else if (text === 'reset') request.socket.resetAndDestroy()
    else socket.send(data, { binary: isBinary })
  })
}
