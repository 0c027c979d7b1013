// A listener: connections in, exchanges to the current handler, one answer each whatever happens, and a graceful stop.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { EntrypointLimits } from '../settings/limits.ts'
import type { EntryPointSettings } from '../settings/settings.ts'
import { isWebSocket, receive } from './arrivals.ts'
import type { ArrivalOptions } from './arrivals.ts'
import { Connections } from './connections.ts'
import { listenError } from './entrypoint-error.ts'
import { compileTrust } from './forwarded-headers.ts'
import { openMemoryGauge } from './memory-gauge.ts'
import type { MemoryGauge } from './memory-gauge.ts'
import { MeasuredRequest, MeasuredResponse } from './measured-message.ts'
import { MemoryPressure } from './memory-pressure.ts'
import { Notices } from './notice.ts'
import type { Notice } from './notice.ts'
import { readProxyHeaders } from './proxied-connections.ts'
import { startSweep } from './sweep.ts'

export interface EntrypointOptions extends ArrivalOptions {
  /** Undefined: every address, IPv6 included. */
  readonly host: string | undefined
  /** 0 takes a free one; see `Entrypoint.port`. */
  readonly port: number
  /** Lets several threads listen on one port, the kernel spreading connections. */
  readonly reusePort?: boolean
  /** Undefined: no PROXY header is read. */
  readonly proxyProtocol: EntryPointSettings['proxyProtocol']
  /** Told of connections turned away and of memory that runs short; at most once a second. */
  readonly onNotice?: (notice: Notice) => void
  /** Default: of this process's control group. */
  readonly memory?: MemoryGauge
}

/** How late a header timeout may strike. */
const timeoutCheckMs = 1000

/** Rejects with an EntrypointError: its `code` is the system's (`EADDRINUSE`, `EACCES`) or `ERR_TRUSTED_IP`. */
export async function openEntrypoint(options: EntrypointOptions): Promise<Entrypoint> {
  const { name, host, port, reusePort = false, limits, onNotice = () => undefined } = options
  const notices = new Notices(onNotice)
  const connections = new Connections({
    trusts: compileTrust(options.forwardedHeaders),
    limits,
    onTooMany: (clientIp) => notices.count('a client has too many connections: one more was closed', { clientIp }),
  })
  using stack = new DisposableStack()
  const pressure = openPressure(options, onNotice)
  if (pressure !== undefined) stack.use(pressure)
  const server = createHttpServer(options, connections)
  server.on('drop', () => {
    notices.count('too many connections: one more was closed', { maxConnections: limits.maxConnections })
  })
  receive(server, connections, options, pressure)
  if (options.proxyProtocol !== undefined) {
    const rules = { trusts: compileTrust(options.proxyProtocol), timeoutMs: limits.headerTimeoutMs }
    connections.expectProxyHeaders(readProxyHeaders(server, rules))
  }
  try {
    server.listen({ host, port, reusePort })
    await once(server, 'listening')
  } catch (error) {
    throw listenError(name, `${host ?? ''}:${port}`, error as NodeJS.ErrnoException)
  }
  // From here on an error is a failed accept, such as EMFILE: the listener lives on.
  server.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
    notices.count('a connection could not be accepted', { code })
  })
  const onSwept = (): void => notices.flush(performance.now())
  stack.use(startSweep(connections, limits, { onSwept, onError: (error) => options.onError(error, undefined) }))
  return new Entrypoint(server, connections, options, stack.move())
}

function createHttpServer({ limits, accessLog }: EntrypointOptions, connections: Connections): Server {
  const options = {
    // One that counts costs a little at every piece of a body.
    ...(accessLog?.measures === true ? { IncomingMessage: MeasuredRequest, ServerResponse: MeasuredResponse } : {}),
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headerTimeoutMs,
    // Would end long uploads: node:http measures the whole request with it, not the pauses.
    requestTimeout: 0,
    connectionsCheckingInterval: timeoutCheckMs,
    // The sweep closes idle connections: node:http would set a timer twice for every request.
    keepAliveTimeout: 0,
    // A request without a body then skips the stream machinery of one, a tenth of all its cost. Not in the types.
    optimizeEmptyRequests: true,
    noDelay: true,
    // readHead counts Host fields itself: node:http keeps the first of two.
    requireHostHeader: false,
    shouldUpgradeCallback: (request: IncomingMessage) => isWebSocket(request, connections.of(request.socket)),
  }
  const server = createServer(options)
  // Beyond its limit node:http drops fields silently, a Transfer-Encoding among them; readHead refuses instead.
  server.maxHeadersCount = 0
  // A client may half-close and still read its answer; Connections bounds how long. Not in the types.
  Object.assign(server, { httpAllowHalfOpen: true })
  if (limits.maxConnections > 0) server.maxConnections = limits.maxConnections
  return server
}

function openPressure(
  { limits, memory }: EntrypointOptions,
  onNotice: (notice: Notice) => void,
): MemoryPressure | undefined {
  const { maxMemoryPercent: maxPercent } = limits
  const gauge = maxPercent === 0 ? undefined : (memory ?? openMemoryGauge())
  if (gauge === undefined) return undefined
  const { limitBytes } = gauge
  return new MemoryPressure({
    gauge,
    maxPercent,
    onChange(high, usedBytes) {
      const message = high ? 'memory runs short: new requests are answered 503' : 'memory suffices again'
      onNotice({ message, fields: { usedBytes, limitBytes } })
    },
  })
}

export class Entrypoint {
  readonly name: string
  /** The one it listens on, also when 0 was asked for. */
  readonly port: number
  readonly #server: Server
  readonly #connections: Connections
  readonly #limits: EntrypointLimits
  readonly #owned: DisposableStack
  readonly #closing = Promise.withResolvers<void>()
  /** Once it listens no more: settles when the last connection is closed. */
  #closed: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  /** Made by `openEntrypoint`, of a server that listens; owns what it is given. */
  constructor(server: Server, connections: Connections, { name, limits }: EntrypointOptions, owned: DisposableStack) {
    this.name = name
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    this.#connections = connections
    this.#limits = limits
    this.#owned = owned
  }

  /** Connections at this moment. */
  get open(): number {
    return this.#connections.size
  }

  /** Goes on for the accept grace of the limits, then takes no further connection; those there are served as before. */
  async stopAccepting(): Promise<void> {
    const { acceptGraceMs } = this.#limits
    if (acceptGraceMs > 0) {
      const timer = setTimeout(this.#closing.resolve, acceptGraceMs)
      await this.#closing.promise
      clearTimeout(timer)
    }
    // The listener is closed at once; the promise is of the connections, which are not waited for here.
    void this.#stopListening()
  }

  /** A graceful stop with the grace time of the limits. */
  async drain(): Promise<void> {
    await this.stopAccepting()
    await this.close(this.#limits.graceTimeOutMs)
  }

  /**
   * Stops accepting, closes idle connections at once and every other one after its answer under way. What is left after
   * `graceMs`, tunnels included, is destroyed. May be called again with a shorter grace.
   */
  async close(graceMs: number): Promise<void> {
    this.#closing.resolve()
    this.#stopped ??= this.#stop()
    const timer = setTimeout(() => this.#connections.destroyAll(), graceMs)
    try {
      await this.#stopped
    } finally {
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(0)
  }

  /** Never rejects. */
  #stopListening(): Promise<void> {
    // Not http's close(): it destroys sockets whose answer is ended but not yet written out.
    this.#closed ??= new Promise((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()))
    return this.#closed
  }

  async #stop(): Promise<void> {
    const closed = this.#stopListening()
    this.#connections.drain()
    await closed
    // Only its timer is left to stop.
    this.#server.close()
    this.#owned.dispose()
  }
}
