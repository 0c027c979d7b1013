// The requests that wait in one service for a member to become ready: first come, first served, but client by client, so that
// one with a thousand requests keeps nobody else from its turn.
import type { Exchange } from '../exchange/exchange.ts'
import { ClientQueues } from './client-queues.ts'
import { Pace } from './pace.ts'

/** `go`: ask again. */
export type Outcome = 'go' | 'late' | 'full' | 'gone'

interface Held {
  readonly exchange: Exchange
  /** By `steadyMs`. */
  readonly until: number
  readonly leave: (outcome: Outcome) => void
}

/** As many are given up at a time: all that waited when their service was lost are late in the same instant. */
const lateMax = 500

export class HeldLine {
  readonly #queues = new ClientQueues<Held>()
  /** Under way since they were released. */
  readonly #released = new Set<Exchange>()
  readonly #pace = new Pace()
  /** Nobody who waits is late before. */
  #lateFrom = Infinity

  get length(): number {
    return this.#queues.length
  }

  /** Nobody waits, and nobody who waited is newly on the way. */
  get isOver(): boolean {
    return this.length === 0 && this.#pace.isIdle
  }

  /** It has waited here, was let go and is not over. */
  wasReleased(exchange: Exchange): boolean {
    return this.#released.has(exchange)
  }

  /** A newcomer must not overtake those who wait. */
  mustWait(exchange: Exchange): boolean {
    return this.length > 0 && !this.wasReleased(exchange)
  }

  /** @param max as many may wait; beyond, the client gives way that has the most in the line */
  join(exchange: Exchange, until: number, max: number): Promise<Outcome> {
    // Released, and there was nobody for it after all: it was first, and is first again.
    const wasFirst = this.#released.delete(exchange)
    if (wasFirst) this.#pace.missed(exchange)
    const { clientIp } = exchange.head
    if (!wasFirst && this.length >= max) {
      const tooMany = this.#queues.tooMany(clientIp)
      if (tooMany === undefined) return Promise.resolve('full')
      tooMany.leave('full')
    }
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const client = exchange.kind === 'http' ? exchange.response : exchange.socket
    const onClose = (): void => held.leave('gone')
    const held: Held = {
      exchange,
      until,
      leave: (outcome) => {
        this.#queues.remove(seat)
        client.removeListener('close', onClose)
        resolve(outcome)
      },
    }
    const seat = this.#queues.add(clientIp, held, wasFirst)
    this.#lateFrom = Math.min(this.#lateFrom, until)
    if (client.destroyed) onClose()
    else client.on('close', onClose)
    return promise
  }

  /** Lets one try whether there is anybody. `sure`: there is. */
  probe(sure: boolean): void {
    if (this.#pace.mayTry(sure)) this.#releaseNext()
  }

  /** A released request found a member: others may follow. */
  found(exchange: Exchange): void {
    if (!this.#released.has(exchange)) return
    this.#pace.found()
    this.#releaseMore()
  }

  /** A request is over, released or not. */
  done(exchange: Exchange): void {
    if (!this.#released.delete(exchange)) return
    this.#pace.end(exchange)
    this.#releaseMore()
  }

  /** Time has passed. */
  look(now: number): void {
    this.#giveUpLate(now)
    this.#pace.look(this.length > 0)
    this.#releaseMore()
  }

  /** Nobody is waited for any longer. */
  giveUp(): void {
    for (const held of this.#queues) held.leave('late')
  }

  #giveUpLate(now: number): void {
    if (now < this.#lateFrom) return
    let left = lateMax
    this.#lateFrom = Infinity
    for (const held of this.#queues) {
      if (held.until > now) this.#lateFrom = Math.min(this.#lateFrom, held.until)
      else if (left > 0) {
        left--
        held.leave('late')
      } else {
        // The others' turn is the next look.
        this.#lateFrom = held.until
        return
      }
    }
  }

  #releaseMore(): void {
    while (this.length > 0 && this.#pace.hasRoom) this.#releaseNext()
  }

  #releaseNext(): void {
    const held = this.#queues.next
    if (held === undefined) return
    this.#queues.passTurn()
    this.#released.add(held.exchange)
    this.#pace.start(held.exchange)
    held.leave('go')
  }
}
