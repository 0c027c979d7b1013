// Upgrades to WebSocket, carried by http-proxy: once per connection its cost does not matter, and none of its framing
// faults can be reached. It is given a connection already made, and a guarded socket in place of the client's.
import { Agent, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import httpProxy from 'http-proxy'
import type { UpgradeExchange } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { UpstreamError, type UpstreamCode } from '../exchange/upstream-error.ts'
import type { ForwardOptions, Member } from '../service/member.ts'
import { GuardedSocket } from './guarded-socket.ts'
import type { MemberPool } from './pool.ts'
import { fieldLines, hostFor, requestHead, requestTarget } from './request-head.ts'
import { refusalHead, switchingHead, upgradeRequestFields, type AnswerOrigin } from './upgrade-head.ts'

export interface UpgradeSettings {
  /** From the request to the head of the answer; 0 waits for ever. */
  readonly responseHeaderTimeoutMs: number
}

/** How long a tunnel may stay open in one direction only. WebSocket peers close together (RFC 6455 section 7.1.1). */
const halfOpenMs = 30_000

/** Forwards an upgrade and carries the tunnel to its end. Settles as a Handler does. */
export async function forwardUpgrade(
  exchange: UpgradeExchange,
  member: Member,
  options: ForwardOptions & UpgradeSettings,
  pool: MemberPool,
): Promise<void> {
  const client = exchange.socket
  // First of all, and for good: a client that resets must never be an uncaught error, before the 101 or after.
  if (!client.listeners('error').includes(ignore)) client.on('error', ignore)
  if (exchange.head.method !== 'GET') {
    respond(exchange, 400)
    return
  }
  const host = hostFor(exchange, member, options)
  // Only for their assertions: what could inject anything must show here, not in the middle of an event.
  requestHead(exchange, host, true)
  fieldLines(exchange.responseFields)
  const upstream = await pool.dial(exchange)
  upstream.on('error', ignore)
  try {
    await new Tunnel(exchange, member, upstream).run(host, options.responseHeaderTimeoutMs)
  } finally {
    upstream.destroy()
  }
}

class Tunnel {
  readonly #exchange: UpgradeExchange
  readonly #member: Member
  readonly #upstream: Socket
  readonly #guard: GuardedSocket
  readonly #outcome = Promise.withResolvers<void>()
  readonly #onClientClosed = (): void => this.#clientClosed()
  readonly #onClientEnded = (): void => this.#fail('client-gone', 'the client went away')
  readonly #onReadable = (): void => this.#noticeEnd()
  readonly #onHalfEnded = (): void => this.#halfEnded()
  #origin: AnswerOrigin
  #timer: NodeJS.Timeout | undefined
  /** Past `waiting` a head was written to the client, and its connection can only be closed or cut. */
  #state: 'waiting' | 'tunnel' | 'refused' = 'waiting'
  readonly #startedAt = performance.now()
  #countedTo = 0
  #countedFrom = 0

  constructor(exchange: UpgradeExchange, member: Member, upstream: Socket) {
    this.#exchange = exchange
    this.#member = member
    this.#upstream = upstream
    this.#guard = new GuardedSocket(exchange.socket, () => this.#count())
  }

  run(host: string, responseHeaderTimeoutMs: number): Promise<void> {
    const { socket, upgradeHead } = this.#exchange
    this.#origin = { address: this.#member, host }
    socket.on('close', this.#onClientClosed)
    socket.on('end', this.#onClientEnded)
    socket.on('readable', this.#onReadable)
    this.#upstream.on('close', () => this.#upstreamClosed())
    if (socket.destroyed) this.#clientClosed()
    else {
      if (responseHeaderTimeoutMs > 0) {
        const reason = `no answer within ${responseHeaderTimeoutMs} ms`
        this.#timer = setTimeout(() => this.#fail('response-timeout', reason), responseHeaderTimeoutMs)
      }
      const proxy = httpProxy.createProxyServer({ prependPath: false, toProxy: true })
      proxy.once('proxyReqWs', (request) => this.#prepare(request))
      const request = { method: 'GET', url: '/', headers: upgradeRequestFields(this.#exchange, host) }
      const target = { protocol: 'http:', host: this.#member.host, port: String(this.#member.port) }
      const agent = new SingleUseAgent(this.#upstream)
      proxy.ws(request as unknown as IncomingMessage, this.#guard, upgradeHead, { target, agent }, (error) =>
        this.#fail(codeOf(error), error.message, error),
      )
    }
    return this.#outcome.promise
  }

  /** Before http-proxy sends the request, and before its own listeners are attached: ours come first. */
  #prepare(request: ClientRequest): void {
    // Set here, since http-proxy would parse it, fold its slashes and drop what follows a `#`.
    request.path = requestTarget(this.#exchange)
    request.on('upgrade', (answer) => this.#switched(answer))
    request.on('response', (answer) => this.#refused(answer))
  }

  #switched(answer: IncomingMessage): void {
    if (answer.headers.upgrade?.toLowerCase() !== 'websocket') {
      return this.#fail('malformed-response', 'it switched to a protocol nobody asked for')
    }
    const client = this.#exchange.socket
    // Each side may end while the other still speaks.
    this.#upstream.allowHalfOpen = true
    this.#exchange.record.status = 101
    this.#answer('tunnel', switchingHead(answer, this.#exchange, this.#origin))
    client.on('end', this.#onHalfEnded)
    this.#upstream.on('end', this.#onHalfEnded)
  }

  #refused(answer: IncomingMessage): void {
    // A 101 that does not say to what: node takes it for an answer like any other.
    if (answer.statusCode === 101) return this.#fail('malformed-response', 'it switched to nothing')
    const client = this.#exchange.socket
    this.#exchange.record.status = answer.statusCode
    this.#answer('refused', refusalHead(answer, this.#exchange, this.#origin))
    client.once('finish', () => client.destroy())
    answer.once('close', () => {
      if (!answer.complete) this.#cut()
    })
  }

  #answer(state: 'tunnel' | 'refused', head: string): void {
    clearTimeout(this.#timer)
    this.#state = state
    this.#member.row.answer(this.#exchange.record.status ?? 0, performance.now() - this.#startedAt)
    this.#stopWaiting()
    this.#exchange.socket.write(head, 'latin1')
    this.#guard.open()
    this.#count()
  }

  /** A client that leaves before it is answered ends without a reset. Reading nothing, one would not hear of it. */
  #noticeEnd(): void {
    const { socket } = this.#exchange
    if (socket.readableLength === 0) socket.read()
  }

  #stopWaiting(): void {
    this.#exchange.socket.removeListener('end', this.#onClientEnded)
    this.#exchange.socket.removeListener('readable', this.#onReadable)
  }

  #halfEnded(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#cut(), halfOpenMs).unref()
  }

  #clientClosed(): void {
    const { socket } = this.#exchange
    if (this.#state === 'waiting') this.#onClientEnded()
    // After an end in good order its last bytes are still on their way to the member, and the end behind them.
    else if (!socket.readableEnded || !socket.writableFinished) this.#upstream.destroy()
    this.#settleIfOver()
  }

  #upstreamClosed(): void {
    if (this.#state === 'waiting') this.#fail('reset', 'the connection was closed without an answer')
    else if (this.#state === 'tunnel' && (!this.#upstream.readableEnded || this.#upstream.errored)) this.#cut()
    this.#settleIfOver()
  }

  /** No way to say what went wrong: neither side may take what it got for complete. */
  #cut(): void {
    this.#upstream.destroy()
    const { socket } = this.#exchange
    if ('resetAndDestroy' in socket && !('encrypted' in socket)) (socket as Socket).resetAndDestroy()
    else socket.destroy()
  }

  #fail(code: UpstreamCode, reason: string, cause?: unknown): void {
    if (this.#state !== 'waiting') return
    clearTimeout(this.#timer)
    this.#exchange.socket.removeListener('close', this.#onClientClosed)
    this.#stopWaiting()
    this.#guard.destroy()
    this.#upstream.destroy()
    this.#count()
    const message = `upgrading at member "${this.#member.key}": ${reason}`
    this.#outcome.reject(new UpstreamError(code, message, { sent: true, cause }))
  }

  #settleIfOver(): void {
    this.#count()
    if (this.#state === 'waiting' || !this.#exchange.socket.closed || !this.#upstream.closed) return
    clearTimeout(this.#timer)
    this.#guard.destroy()
    this.#outcome.resolve()
  }

  /** Adds what went over the member's socket since the last time. */
  #count(): void {
    const { bytesWritten, bytesRead } = this.#upstream
    this.#member.row.send(bytesWritten - this.#countedTo)
    this.#member.row.receive(bytesRead - this.#countedFrom)
    this.#countedTo = bytesWritten
    this.#countedFrom = bytesRead
  }
}

/** Gives http-proxy the connection that was made for this one request. */
class SingleUseAgent extends Agent {
  readonly #socket: Socket

  constructor(socket: Socket) {
    super()
    this.#socket = socket
  }

  override createConnection(): Socket {
    return this.#socket
  }
}

function codeOf(error: NodeJS.ErrnoException): UpstreamCode {
  return error.code?.startsWith('HPE_') ? 'malformed-response' : 'reset'
}

function ignore(): void {}
