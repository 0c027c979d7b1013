// A listener: connections in, exchanges to the current handler, one answer each whatever happens, and a graceful stop.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { isWebSocket, receive } from './arrivals.ts'
import type { ArrivalOptions } from './arrivals.ts'
import { Connections } from './connections.ts'
import { listenError } from './entrypoint-error.ts'
import { compileTrust } from './forwarded-headers.ts'
import type { TrustOptions } from './forwarded-headers.ts'

export interface EntrypointOptions extends ArrivalOptions {
  /** Undefined: every address, IPv6 included. */
  readonly host: string | undefined
  /** 0 takes a free one; see `Entrypoint.port`. */
  readonly port: number
  /** Lets several threads listen on one port, the kernel spreading connections. */
  readonly reusePort?: boolean
  readonly trust: TrustOptions
  readonly limits: EntrypointLimits
}

export interface EntrypointLimits {
  /** Request line and fields together, in bytes; more is answered 431. */
  readonly maxHeaderBytes: number
  /** Field lines; more is answered 431. */
  readonly maxHeaderFields: number
  /** From the first byte of a head, or from accept, to its end; then 408. */
  readonly headerTimeoutMs: number
  /** Between two pieces of a request's body; then the connection is cut. 0: none. */
  readonly readTimeoutMs: number
  /** How long a connection may wait for its next request. */
  readonly idleTimeoutMs: number
  /** How long a client that half-closed may go without a byte of its answer. */
  readonly halfCloseMs: number
}

/** How late a header timeout may strike. */
const timeoutCheckMs = 1000

/** Rejects with an EntrypointError: its `code` is the system's (`EADDRINUSE`, `EACCES`) or `ERR_TRUSTED_IP`. */
export async function openEntrypoint(options: EntrypointOptions): Promise<Entrypoint> {
  const { limits } = options
  const connections = new Connections({ trusts: compileTrust(options.trust), halfCloseMs: limits.halfCloseMs })
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headerTimeoutMs,
    // Would end long uploads: node:http measures the whole request with it, not the pauses.
    requestTimeout: 0,
    connectionsCheckingInterval: timeoutCheckMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    noDelay: true,
    // readHead counts Host fields itself: node:http keeps the first of two.
    requireHostHeader: false,
    shouldUpgradeCallback: (request) => isWebSocket(request, connections.of(request.socket)),
  })
  // Beyond its limit node:http drops fields silently, a Transfer-Encoding among them; readHead refuses instead.
  server.maxHeadersCount = 0
  // A client may half-close and still read its answer; Connections bounds how long. Not in the types.
  Object.assign(server, { httpAllowHalfOpen: true })

  receive(server, connections, options, limits)
  const { name, host, port, reusePort = false } = options
  try {
    server.listen({ host, port, reusePort })
    await once(server, 'listening')
  } catch (error) {
    throw listenError(name, `${host ?? ''}:${port}`, error as NodeJS.ErrnoException)
  }
  // From here on an error is a failed accept, such as EMFILE: the listener lives on.
  server.on('error', (error) => options.onError(error, undefined))
  return new Entrypoint(name, server, connections)
}

export class Entrypoint {
  readonly name: string
  /** The one it listens on, also when 0 was asked for. */
  readonly port: number
  readonly #server: Server
  readonly #connections: Connections
  #stopped: Promise<void> | undefined

  /** Made by `openEntrypoint`, of a server that listens. */
  constructor(name: string, server: Server, connections: Connections) {
    this.name = name
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    this.#connections = connections
  }

  /**
   * Stops accepting, closes idle connections at once and every other one after its answer under way. What is left after
   * `graceMs`, tunnels included, is destroyed. May be called again with a shorter grace.
   */
  async close(graceMs: number): Promise<void> {
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

  async #stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    // Not http's close(): it destroys sockets whose answer is ended but not yet written out.
    NetServer.prototype.close.call(this.#server)
    this.#connections.drain()
    await closed
    // Only its timer is left to stop.
    this.#server.close()
  }
}
