// The open connections of one entrypoint: who is at the other end, and whether anything more may be served on it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EntrypointLimits } from '../settings/limits.ts'
import { canonicalIp } from './forwarded-headers.ts'
import type { Peer } from './forwarded-headers.ts'
import type { ProxiedConnections } from './proxied-connections.ts'
import type { Watch } from './slow-clients.ts'

export interface Connection extends Peer {
  readonly socket: Socket
  /** The client's own, as its address: behind the PROXY protocol not the socket's. */
  readonly clientPort: number
  /** By the clock of `performance.now()`. */
  readonly openedAt: number
  /** The newest answer on it until it is written out; undefined on an idle connection, which must not hold on to one. */
  response: ServerResponse | undefined
  /** The answer that is being given; older than `response` when requests are pipelined. */
  answering: ServerResponse | undefined
  /** Waits for its turn, and will have none: its body is malformed. */
  broken: ServerResponse | undefined
  /** The request whose body is to come, until the sweep finds it complete. */
  upload: IncomingMessage | undefined
  /** What had been read from the socket when that body began. */
  uploadFrom: number
  /** What had been read from the socket when the sweep last came by, and for how long it has been idle since. */
  sweptRead: number
  idleMs: number
  /** What the sweep remembers of it from one time to the next; undefined while nothing is under way. */
  watch: Watch | undefined
  /** Answers begun. */
  answers: number
  /** Too old to be kept: the next answer closes it. */
  expired: boolean
  /** An answer that ends the connection is decided: whatever the client pipelined behind it is not served. */
  final: boolean
  /** The status of an answer that did not go through node:http. */
  told: number | undefined
  /** Requests pipelined behind the one being answered. */
  waiting: number
  /** Handed over to a tunnel. */
  upgraded: boolean
}

export interface ConnectionRules {
  readonly trusts: (clientIp: string) => boolean
  readonly limits: EntrypointLimits
  /** A connection more than its address may have was closed. */
  readonly onTooMany: (clientIp: string) => void
}

/** How long an idle connection is still listened to while stopping. */
const lingerMs = 250

export class Connections {
  readonly #open = new Map<Duplex, Connection>()
  readonly #openByIp = new Map<string, number>()
  readonly #rules: ConnectionRules
  readonly #limits: EntrypointLimits
  readonly #forget: (this: ServerResponse) => void
  readonly #ended: (this: Socket) => void
  readonly #closed: (this: Socket) => void
  #closing = false
  #proxied: ProxiedConnections | undefined

  constructor(rules: ConnectionRules) {
    this.#rules = rules
    this.#limits = rules.limits
    // One of each for all connections: there may be very many, idle.
    const whenWritten = (response: ServerResponse) => this.#whenWritten(response)
    const limitHalfClosed = (socket: Socket) => this.#limitHalfClosed(socket)
    const remove = (socket: Socket) => this.#remove(socket)
    this.#forget = function forget(this: ServerResponse) {
      whenWritten(this)
    }
    this.#ended = function ended(this: Socket) {
      limitHalfClosed(this)
    }
    this.#closed = function closed(this: Socket) {
      remove(this)
    }
  }

  get closing(): boolean {
    return this.#closing
  }

  get size(): number {
    return this.#open.size
  }

  /** From here on it is the PROXY header that says who is at the other end. */
  expectProxyHeaders(proxied: ProxiedConnections): void {
    this.#proxied = proxied
  }

  /** Before anything else a listener for errors: a reset at any moment must not reach the process. */
  add(socket: Socket): void {
    socket.on('error', ignore)
    const source = this.#proxied?.sourceOf(socket)
    const clientIp = canonicalIp(source?.address ?? socket.remoteAddress ?? '')
    const trusted = this.#rules.trusts(clientIp)
    if (!trusted && this.#isOneTooMany(clientIp)) {
      this.#rules.onTooMany(clientIp)
      socket.destroy()
      return
    }
    this.#open.set(socket, {
      socket,
      openedAt: performance.now(),
      clientIp,
      clientPort: source?.port ?? socket.remotePort ?? 0,
      trusted,
      secure: 'encrypted' in socket,
      response: undefined,
      answering: undefined,
      broken: undefined,
      upload: undefined,
      uploadFrom: 0,
      sweptRead: -1,
      idleMs: 0,
      watch: undefined,
      answers: 0,
      expired: false,
      final: false,
      told: undefined,
      waiting: 0,
      upgraded: false,
    })
    socket.on('close', this.#closed)
    socket.on('end', this.#ended)
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#open.values()
  }

  of(socket: Duplex): Connection | undefined {
    return this.#open.get(socket)
  }

  /** Notes an answer as under way. The last one a connection may have, and every one after `drain`, closes it. */
  begin(connection: Connection, response: ServerResponse): void {
    connection.response = response
    connection.answers++
    if (this.#closing || connection.expired || connection.answers === this.#limits.keepAliveMaxRequests) {
      response.shouldKeepAlive = false
    }
    if (!response.shouldKeepAlive) connection.final = true
    response.on('error', ignore)
    response.on('close', this.#forget)
  }

  /** The body of a request may come now: from here on its sender is held to the limits. */
  expectBody(connection: Connection, request: IncomingMessage): void {
    connection.upload = request
    connection.uploadFrom = connection.socket.bytesRead
  }

  /** Closes each connection after the answer under way or, when it is idle, a moment later; tunnels stay. */
  drain(): void {
    this.#closing = true
    this.#proxied?.destroyAll()
    for (const connection of this.#open.values()) {
      if (connection.upgraded) continue
      const { response } = connection
      if (response === undefined) {
        this.#closeIfIdle(connection)
      } else if (!response.headersSent) {
        response.shouldKeepAlive = false
        connection.final = true
      }
    }
  }

  /** Not at once: the client was promised that it is kept, and its next request may be on its way. */
  #closeIfIdle(connection: Connection): void {
    setTimeout(() => {
      // Written out first: an answer may still be on its way to a slow reader.
      if (connection.response === undefined) connection.socket.destroySoon()
    }, lingerMs).unref()
  }

  destroyAll(): void {
    this.#proxied?.destroyAll()
    for (const socket of this.#open.keys()) socket.destroy()
  }

  #isOneTooMany(clientIp: string): boolean {
    const { maxConnectionsPerIp } = this.#limits
    if (maxConnectionsPerIp === 0) return false
    const open = this.#openByIp.get(clientIp) ?? 0
    if (open >= maxConnectionsPerIp) return true
    this.#openByIp.set(clientIp, open + 1)
    return false
  }

  #remove(socket: Socket): void {
    const connection = this.#open.get(socket)
    this.#open.delete(socket)
    const open = connection === undefined ? undefined : this.#openByIp.get(connection.clientIp)
    if (connection === undefined || open === undefined) return
    if (open === 1) this.#openByIp.delete(connection.clientIp)
    else this.#openByIp.set(connection.clientIp, open - 1)
  }

  #whenWritten(response: ServerResponse): void {
    const { socket } = response.req
    const connection = this.#open.get(socket)
    if (connection?.response !== response) return
    connection.response = undefined
    connection.answering = undefined
    if (this.#closing) this.#closeIfIdle(connection)
  }

  #limitHalfClosed(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (connection?.response === undefined || connection.upgraded || socket.destroyed) return
    let before = socket.bytesWritten
    const timer = setInterval(() => {
      if (socket.bytesWritten === before) socket.destroy()
      before = socket.bytesWritten
    }, this.#limits.halfCloseMs)
    timer.unref()
    socket.once('close', () => clearInterval(timer))
  }
}

function ignore(): void {
  // What went wrong is told by the 'close' that follows.
}
