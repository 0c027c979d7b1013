// The idle connections to one member, last used first out.
import type { Socket } from 'node:net'
import type { Member } from '../service/member.ts'
import { Connection } from './connection.ts'
import type { Dialler } from './dialler.ts'

export interface PoolOptions {
  /** How long a connection may stay idle; 0: for ever. A member that announces less (Keep-Alive: timeout=) gets less. */
  readonly memberIdleTimeoutMs: number
  readonly maxIdlePerMember: number
}

export class MemberPool {
  readonly #member: Member
  readonly #dialler: Dialler
  readonly #options: PoolOptions
  /** Oldest first: taken and put back at the end, so that what is not needed grows old and goes. */
  readonly #idle: Connection[] = []
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

  /** A new connection. Rejects with an UpstreamError, nothing sent. */
  async connect(): Promise<Connection> {
    return new Connection(await this.dial(), (connection) => this.#forget(connection))
  }

  /** As `connect`, for someone who keeps the socket. */
  dial(): Promise<Socket> {
    return this.#dialler.dial(this.#member, this.#gone.signal)
  }

  /** Takes back a connection on which nothing is outstanding; `announcedMs` is how long the member said it keeps it. */
  release(connection: Connection, announcedMs: number = Infinity): void {
    const lifetimeMs = Math.min(this.#options.memberIdleTimeoutMs || Infinity, announcedMs)
    const room = this.#idle.length < this.#options.maxIdlePerMember
    if (!this.#keeps || !room || lifetimeMs <= 0 || !connection.alive) {
      connection.destroy()
      return
    }
    connection.user = undefined
    connection.reused = true
    connection.usableUntil = performance.now() + lifetimeMs
    connection.resume()
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
