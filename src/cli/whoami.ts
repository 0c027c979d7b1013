// `muster whoami`: a small backend for demos and tests that answers with what it saw.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerWebSocket } from './whoami-echo.ts'
import { readFlags, whoamiHelp } from './whoami-flags.ts'
import { assetAt, pageOf } from './whoami-page.ts'
import { ownSessions, tomcatSessions } from './whoami-sessions.ts'
import type { Sessions } from './whoami-sessions.ts'

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
  /** How often this session was at this replica; only when asked by `?session`, or as a Tomcat. */
  readonly visits: number | undefined
  /** Where to go on for a client that may keep no cookies; only as a Tomcat. */
  readonly link: string | undefined
}

const delayMsMax = 60_000
const answerBytesMax = 2_000_000_000
const block = Buffer.alloc(64 * 1024, 'x')

/** `muster whoami`: serves until the signal aborts, then finishes what is under way. Rejects with a SettingsError on bad flags. */
export async function runWhoami(argv: readonly string[], signal: AbortSignal): Promise<void> {
  if (argv.includes('--help')) {
    console.log(whoamiHelp)
    return
  }
  const { port, jvmRoute } = readFlags(argv)
  await using whoami = await openWhoami(port, jvmRoute)
  process.stdout.write(`whoami ${hostname()} listening on :${whoami.port}\n`)
  if (!signal.aborted) await once(signal, 'abort')
}

/** Port 0 takes a free one. With a `jvmRoute` it stands in for a Tomcat. */
export async function openWhoami(port: number, jvmRoute?: string): Promise<Whoami> {
  const sessions = jvmRoute === undefined ? ownSessions() : tomcatSessions(jvmRoute)
  const tunnels = new Set<Socket>()
  let taken = port
  let reopening: NodeJS.Timeout | undefined
  const refuse = (ms: number): void => {
    if (server.listening) server.close()
    clearTimeout(reopening)
    reopening = setTimeout(() => server.listen(taken), ms)
  }
  const backend: Backend = { sessions, isTomcat: jvmRoute !== undefined, refuse }
  const server = createServer((request, response) => {
    if (!server.listening) response.shouldKeepAlive = false
    answer(request, response, backend).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    tunnels.add(socket)
    socket.on('close', () => tunnels.delete(socket))
    answerWebSocket(request, socket, head)
  })
  server.listen(port)
  await once(server, 'listening')
  taken = (server.address() as AddressInfo).port
  const stop = async (): Promise<void> => {
    clearTimeout(reopening)
    const closed = server.listening ? once(server, 'close') : undefined
    server.close()
    for (const socket of tunnels) socket.destroy()
    // A connection that was promised keep-alive becomes idle only after its answer.
    const timer = setInterval(() => server.closeIdleConnections(), 50)
    await closed
    clearInterval(timer)
  }
  let stopped: Promise<void> | undefined
  const close = (): Promise<void> => (stopped ??= stop())
  return { port: taken, close, [Symbol.asyncDispose]: close }
}

interface Backend {
  readonly sessions: Sessions
  readonly isTomcat: boolean
  /** Accepts no connection for so long. */
  readonly refuse: (ms: number) => void
}

async function answer(request: IncomingMessage, response: ServerResponse, backend: Backend): Promise<void> {
  const [target = '', search = ''] = (request.url ?? '/').split('?', 2)
  const [path = ''] = target.split(';', 1)
  const query = new URLSearchParams(search)
  const bodyBytes = await countBody(request)
  switch (path) {
    case '/health':
      response.end('OK\n')
      break
    case '/slow':
      await sleepUnlessGone(response, bounded(query.get('ms'), 1000, delayMsMax))
      response.end('slow\n')
      break
    case '/bytes':
      await writeBytes(response, bounded(query.get('n'), 1024, answerBytesMax))
      break
    case '/refuse':
      backend.refuse(bounded(query.get('ms'), 1000, delayMsMax))
      response.shouldKeepAlive = false
      response.end('refusing\n')
      break
    default:
      answerPage(request, response, { path, query, bodyBytes, backend })
  }
}

interface Question {
  readonly path: string
  readonly query: URLSearchParams
  readonly bodyBytes: number
  readonly backend: Backend
}

function answerPage(request: IncomingMessage, response: ServerResponse, question: Question): void {
  const { path, query, bodyBytes, backend } = question
  const asset = assetAt(path)
  if (asset !== undefined) {
    response.setHeader('Content-Type', asset.type)
    response.end(asset.body)
    return
  }
  const session = backend.isTomcat || query.has('session') ? backend.sessions(request, response) : undefined
  if (path === '/page') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(pageOf(session))
    return
  }
  const link = backend.isTomcat ? `${path}${session?.suffix}` : undefined
  const seen = describe(request, bodyBytes, { visits: session?.visits, link })
  const wantsJson = request.headers.accept?.includes('application/json') === true
  const json = wantsJson || path === '/api' || query.get('format') === 'json'
  response.setHeader('Content-Type', json ? 'application/json' : 'text/plain; charset=utf-8')
  response.end(json ? `${JSON.stringify(seen)}\n` : asText(seen, request))
}

function describe(request: IncomingMessage, bodyBytes: number, of: Pick<Seen, 'visits' | 'link'>): Seen {
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
    ...of,
  }
}

/** The form of traefik/whoami. */
function asText(seen: Seen, { rawHeaders, httpVersion }: IncomingMessage): string {
  const lines = [`Hostname: ${seen.hostname}`, ...seen.ip.map((ip) => `IP: ${ip}`), `RemoteAddr: ${seen.remoteAddress}`]
  if (seen.visits !== undefined) lines.push(`Visits: ${seen.visits}`)
  if (seen.link !== undefined) lines.push(`Link: ${seen.link}`)
  lines.push(`${seen.method} ${seen.url} HTTP/${httpVersion}`)
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  return `${lines.join('\n')}\n`
}

/** Rejects when the client leaves: a process that is told to stop would wait for its timer. */
async function sleepUnlessGone(response: ServerResponse, ms: number): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await sleep(ms, undefined, { signal: gone.signal })
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
