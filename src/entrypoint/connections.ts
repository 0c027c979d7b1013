// The open connections of one entrypoint: who is at the other end, and whether anything more may be served on it.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { canonicalIp } from './forwarded-headers.ts'
import type { Peer } from './forwarded-headers.ts'

export interface Connection extends Peer {
  readonly socket: Socket
  /** The newest answer on it until it is written out; undefined on an idle connection, which must not hold on to one. */
  response: ServerResponse | undefined
  /** An answer that ends the connection is decided: whatever the client pipelined behind it is not served. */
  final: boolean
  /** Requests pipelined behind the one being answered. */
  waiting: number
  /** Handed over to a tunnel. */
  upgraded: boolean
}

export interface ConnectionRules {
  readonly trusts: (clientIp: string) => boolean
  /**
   * How long a client that has sent FIN may go without a byte of the answer under way. It may still be reading (`nc -N`)
   * or be gone: on the wire both look the same.
   */
  readonly halfCloseMs: number
}

/** How long an idle connection is still listened to while stopping. */
const lingerMs = 250

export class Connections {
  readonly #open = new Map<Duplex, Connection>()
  readonly #rules: ConnectionRules
  readonly #forget: (this: ServerResponse) => void
  #closing = false

  constructor(rules: ConnectionRules) {
    this.#rules = rules
    const whenWritten = (response: ServerResponse) => this.#whenWritten(response)
    this.#forget = function forget(this: ServerResponse) {
      whenWritten(this)
    }
  }

  get closing(): boolean {
    return this.#closing
  }

  /** Before anything else a listener for errors: a reset at any moment must not reach the process. */
  add(socket: Socket): void {
    socket.on('error', ignore)
    const clientIp = canonicalIp(socket.remoteAddress ?? '')
    const connection: Connection = {
      socket,
      clientIp,
      trusted: this.#rules.trusts(clientIp),
      secure: 'encrypted' in socket,
      response: undefined,
      final: false,
      waiting: 0,
      upgraded: false,
    }
    this.#open.set(socket, connection)
    socket.on('close', () => this.#open.delete(socket))
    socket.on('end', () => this.#limitHalfClosed(socket, connection))
  }

  of(socket: Duplex): Connection | undefined {
    return this.#open.get(socket)
  }

  /** Notes an answer as under way. After `drain` every one of them closes its connection. */
  begin(connection: Connection, response: ServerResponse): void {
    connection.response = response
    if (this.#closing) response.shouldKeepAlive = false
    if (!response.shouldKeepAlive) connection.final = true
    response.on('error', ignore)
    response.on('close', this.#forget)
  }

  /** Closes each connection after the answer under way or, when it is idle, a moment later; tunnels stay. */
  drain(): void {
    this.#closing = true
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
    for (const socket of this.#open.keys()) socket.destroy()
  }

  #whenWritten(response: ServerResponse): void {
    const { socket } = response.req
    const connection = this.#open.get(socket)
    if (connection?.response !== response) return
    connection.response = undefined
    if (this.#closing) this.#closeIfIdle(connection)
  }

  #limitHalfClosed(socket: Socket, connection: Connection): void {
    if (connection.upgraded || connection.response === undefined || socket.destroyed) return
    let before = socket.bytesWritten
    const timer = setInterval(() => {
      if (socket.bytesWritten === before) socket.destroy()
      before = socket.bytesWritten
    }, this.#rules.halfCloseMs)
    timer.unref()
    socket.once('close', () => clearInterval(timer))
  }
}

function ignore(): void {
  // What went wrong is told by the 'close' that follows.
}
