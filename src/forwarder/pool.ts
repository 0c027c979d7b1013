// The connections to one member: the idle ones, last used first out, and those who wait for one when there are too many.
import type { Socket } from 'node:net'
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Member } from '../service/member.ts'
import { Connection } from './connection.ts'
import type { Dialler } from './dialler.ts'
import { Inbox } from './inbox.ts'
import { sever } from './sever.ts'
import { WaitingLine } from './waiting-line.ts'

export interface PoolOptions {
  /** How long a connection may stay idle; 0: for ever. A member that announces less (Keep-Alive: timeout=) gets less. */
  readonly memberIdleTimeoutMs: number
  readonly maxIdlePerMember: number
  /** Connections to one member at a time, tunnels included; 0: no limit. Whoever needs one more waits in line. */
  readonly maxConnsPerMember: number
  /** How many may wait for a connection to one member; the next is refused at once. */
  readonly maxWaitingPerMember: number
  /** How long one waits for a connection; 0: as long as its client does. */
  readonly memberQueueTimeoutMs: number
}

export class MemberPool {
  readonly #member: Member
  readonly #dialler: Dialler
  readonly #options: PoolOptions
  /** Oldest first: taken and put back at the end, so that what is not needed grows old and goes. */
  readonly #idle: Connection[] = []
  readonly #line = new WaitingLine<Connection | undefined>()
  /** Those that are made and not closed, idle or in use. */
  readonly #sockets = new Set<Socket>()
  /** Connections there are or are being made. */
  #open = 0
  #keeps = true
  readonly #gone = new AbortController()

  constructor(member: Member, dialler: Dialler, options: PoolOptions) {
    this.#member = member
    this.#dialler = dialler
    this.#options = options
  }

  /** False while the member drains: what is idle was closed, what is in use will be. */
  get keeps(): boolean {
    return this.#keeps
  }

  /** An address is reused at once by the engine: a socket must never outlive the address it was dialled for. */
  isFor(member: Member): boolean {
    const { scheme, host, port } = this.#member
    return member.host === host && member.port === port && member.scheme === scheme
  }

  /** An idle connection that is still good, or undefined. */
  take(): Connection | undefined {
    const now = performance.now()
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.alive && connection.usableUntil > now) return connection
      connection.destroy()
    }
    return undefined
  }

  /**
   * A connection, new as a rule; one that somebody gave back when `asker` had to wait in line. Rejects with an
   * UpstreamError, nothing sent.
   */
  async connect(asker: object): Promise<Connection> {
    const released = await this.#place(asker)
    if (released !== undefined) return released
    const inbox = this.#member.scheme === 'https' ? undefined : new Inbox()
    return new Connection(await this.#dial(inbox), inbox, (connection) => this.#forget(connection))
  }

  /** A new socket with 'data' events, for someone who keeps it. Waits and rejects as `connect`. */
  async dial(asker: object): Promise<Socket> {
    const released = await this.#place(asker)
    // It leaves a moment after its successor has come.
    if (released !== undefined) this.#open++
    released?.destroy()
    return this.#dial(undefined)
  }

  /** `asker` no longer wants a connection. Its `connect` or `dial` rejects if it still waits in line. */
  leaveLine(asker: object): void {
    if (this.#line.length > 0) this.#line.leave(asker, this.error('client-gone', 'the client left the line'))
  }

  /** Takes a place for a connection to be made, undefined, or waits for one or for a connection given back. */
  async #place(asker: object): Promise<Connection | undefined> {
    const { maxConnsPerMember, maxWaitingPerMember, memberQueueTimeoutMs: timeoutMs } = this.#options
    if (this.#gone.signal.aborted) throw this.error('unreachable', 'the member is gone')
    if (maxConnsPerMember === 0 || this.#open < maxConnsPerMember) {
      this.#open++
      return undefined
    }
    if (this.#line.length >= maxWaitingPerMember) {
      throw this.error('busy', `${maxConnsPerMember} connections are in use and ${this.#line.length} requests wait`)
    }
    return this.#line.join(asker, timeoutMs, () =>
      this.error('busy', `none of ${maxConnsPerMember} connections became free within ${timeoutMs} ms`),
    )
  }

  async #dial(inbox: Inbox | undefined): Promise<Socket> {
    try {
      const socket = await this.#dialler.dial(this.#member, this.#gone.signal, inbox)
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        this.#vacate()
      })
      return socket
    } catch (error) {
      this.#vacate()
      throw error
    }
  }

  /** A connection is no more: whoever is first in line may make another. */
  #vacate(): void {
    if (!this.#line.serveNext(undefined)) this.#open--
  }

  /** For whoever gets no connection, or does without: nothing was sent. */
  error(code: 'busy' | 'client-gone' | 'unreachable', reason: string): UpstreamError {
    return new UpstreamError(code, `connecting to member "${this.#member.key}": ${reason}`, { sent: false })
  }

  /** Takes back a connection on which nothing is outstanding; `announcedMs` is how long the member said it keeps it. */
  release(connection: Connection, announcedMs: number = Infinity): void {
    const lifetimeMs = Math.min(this.#options.memberIdleTimeoutMs || Infinity, announcedMs)
    if (!this.#keeps || lifetimeMs <= 0 || !connection.alive) {
      connection.destroy()
      return
    }
    connection.user = undefined
    connection.reused = true
    connection.resume()
    if (this.#line.serveNext(connection)) return
    if (this.#idle.length >= this.#options.maxIdlePerMember) {
      connection.destroy()
      return
    }
    connection.usableUntil = performance.now() + lifetimeMs
    this.#idle.push(connection)
  }

  /** Closes what is idle now and keeps nothing from here on, until `reopen`. */
  close(): void {
    this.#keeps = false
    for (const connection of this.#idle.splice(0)) connection.destroy()
  }

  /** As `close`, and what is being dialled is given up: whoever answers there now may be another container. */
  abandon(): void {
    this.close()
    this.#gone.abort()
    this.#line.refuseAll(this.error('unreachable', 'the member is gone'))
  }

  /** As `abandon`, and what is in use ends, once the last that was received of it is passed on. */
  cut(): void {
    this.abandon()
    for (const socket of this.#sockets) sever(socket)
  }

  /** What is in use breaks now, whatever it is. */
  break(): void {
    this.abandon()
    for (const socket of this.#sockets) socket.destroy()
  }

  reopen(): void {
    this.#keeps = true
  }

  /** Closes what has been idle too long. */
  sweep(now: number): void {
    for (const connection of this.#idle.filter((each) => each.usableUntil <= now)) {
      this.#forget(connection)
      connection.destroy()
    }
  }

  #forget(connection: Connection): void {
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
  }
}
