// `muster whoami`: a small backend for demos and tests that answers with what it saw.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { SettingsError } from '../settings/settings-error.ts'
import { answerWebSocket } from './whoami-echo.ts'

export interface Whoami extends AsyncDisposable {
  readonly port: number
  /** Stops accepting and settles when the requests under way are answered. */
  close(): Promise<void>
}

/** What it saw of a request; the JSON form. */
export interface Seen {
  readonly hostname: string
  readonly ip: readonly string[]
  readonly remoteAddress: string
  readonly method: string
  readonly url: string
  /** By lower-case name; lines of one name joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBytes: number
  /** How often this session was at this replica; only when asked by `?session`. */
  readonly visits: number | undefined
}

const delayMsMax = 60_000
const answerBytesMax = 2_000_000_000
const sessionsMax = 10_000
const block = Buffer.alloc(64 * 1024, 'x')

/** `muster whoami [--port 80]`: serves until the signal aborts, then finishes what is under way. Rejects with a SettingsError on bad flags. */
export async function runWhoami(argv: readonly string[], signal: AbortSignal): Promise<void> {
  await using whoami = await openWhoami(readPort(argv))
  process.stdout.write(`whoami ${hostname()} listening on :${whoami.port}\n`)
  if (!signal.aborted) await once(signal, 'abort')
}

/** Port 0 takes a free one. */
export async function openWhoami(port: number): Promise<Whoami> {
  const visitsBySession = new Map<string, number>()
  const tunnels = new Set<Socket>()
  const server = createServer((request, response) => {
    if (!server.listening) response.shouldKeepAlive = false
    answer(request, response, visitsBySession).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    tunnels.add(socket)
    socket.on('close', () => tunnels.delete(socket))
    answerWebSocket(request, socket, head)
  })
  server.listen(port)
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of tunnels) socket.destroy()
    // A connection that was promised keep-alive becomes idle only after its answer.
    const timer = setInterval(() => server.closeIdleConnections(), 50)
    await closed
    clearInterval(timer)
  }
  let stopped: Promise<void> | undefined
  const close = (): Promise<void> => (stopped ??= stop())
  return { port: (server.address() as AddressInfo).port, close, [Symbol.asyncDispose]: close }
}

function readPort(argv: readonly string[]): number {
  const port = readFlags(argv)
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SettingsError('bad-value', `reading --port: "${port}" is not a port; write --port 8080`)
  }
  return Number(port)
}

function readFlags(argv: readonly string[]): string {
  try {
    return parseArgs({ args: [...argv], options: { port: { type: 'string', default: '80' } } }).values.port
  } catch {
    throw new SettingsError('unknown-option', `reading "whoami ${argv.join(' ')}": the only option is --port`)
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  visitsBySession: Map<string, number>,
): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '/').split('?', 2)
  const query = new URLSearchParams(search)
  const bodyBytes = await countBody(request)
  switch (path) {
    case '/health':
      response.end('OK\n')
      break
    case '/slow':
      await sleep(bounded(query.get('ms'), 1000, delayMsMax))
      response.end('slow\n')
      break
    case '/bytes':
      await writeBytes(response, bounded(query.get('n'), 1024, answerBytesMax))
      break
    default: {
      const visits = query.has('session') ? visit(request, response, visitsBySession) : undefined
      const seen = describe(request, bodyBytes, visits)
      const wantsJson = request.headers.accept?.includes('application/json') === true
      const json = wantsJson || path === '/api' || query.get('format') === 'json'
      response.setHeader('Content-Type', json ? 'application/json' : 'text/plain; charset=utf-8')
      response.end(json ? `${JSON.stringify(seen)}\n` : asText(seen, request))
    }
  }
}

function describe(request: IncomingMessage, bodyBytes: number, visits: number | undefined): Seen {
  // A client may send a field named __proto__.
  const headers = Object.create(null) as Record<string, string>
  const { rawHeaders } = request
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    const value = rawHeaders[i + 1] ?? ''
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  return {
    hostname: hostname(),
    ip: interfaces.map(({ address }) => address),
    remoteAddress: `${request.socket.remoteAddress}:${request.socket.remotePort}`,
    method: request.method ?? '',
    url: request.url ?? '',
    headers,
    bodyBytes,
    visits,
  }
}

/** The form of traefik/whoami. */
function asText(seen: Seen, { rawHeaders, httpVersion }: IncomingMessage): string {
  const lines = [`Hostname: ${seen.hostname}`, ...seen.ip.map((ip) => `IP: ${ip}`), `RemoteAddr: ${seen.remoteAddress}`]
  if (seen.visits !== undefined) lines.push(`Visits: ${seen.visits}`)
  lines.push(`${seen.method} ${seen.url} HTTP/${httpVersion}`)
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  return `${lines.join('\n')}\n`
}

/** Counts in memory, so a session that lands on another replica starts anew: that is what it is there to show. */
function visit(request: IncomingMessage, response: ServerResponse, visitsBySession: Map<string, number>): number {
  const known = /(?:^|; )whoami_session=([0-9a-f-]{36})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]
  const session = known ?? randomUUID()
  if (known === undefined) response.setHeader('Set-Cookie', `whoami_session=${session}; Path=/; HttpOnly`)
  const visits = (visitsBySession.get(session) ?? 0) + 1
  // The longest unseen session is the first of the map.
  visitsBySession.delete(session)
  visitsBySession.set(session, visits)
  for (const oldest of visitsBySession.keys()) {
    if (visitsBySession.size <= sessionsMax) break
    visitsBySession.delete(oldest)
  }
  return visits
}

async function countBody(request: IncomingMessage): Promise<number> {
  let bytes = 0
  for await (const chunk of request) bytes += (chunk as Buffer).length
  return bytes
}

async function writeBytes(response: ServerResponse, bytes: number): Promise<void> {
  response.setHeader('Content-Length', bytes)
  // It rejects when the client leaves, which is the client's affair.
  await pipeline(Readable.from(blocks(bytes), { objectMode: false }), response).catch(() => undefined)
}

function* blocks(bytes: number): Iterable<Buffer> {
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left)
}

function bounded(text: string | null, usual: number, max: number): number {
  return text !== null && /^\d{1,10}$/.test(text) ? Math.min(Number(text), max) : usual
}
