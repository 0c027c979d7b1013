// The requests that wait in one service for a member to become ready: first come, first served, but client by client, so that
// one with a thousand requests keeps nobody else from its turn.
import type { Exchange } from '../exchange/exchange.ts'

/** Released at a time; each one that is over makes room for the next. A member that has just come must not be run over. */
const releasedMax = 32

/** `go`: ask again. */
export type Outcome = 'go' | 'late' | 'full' | 'gone'

interface Held {
  readonly exchange: Exchange
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly leave: (outcome: Outcome) => void
}

export class HeldLine {
  /** In the order of their turns; each client's requests in the order they came. */
  readonly #clients = new Map<string, Held[]>()
  /** Under way since they were released. */
  readonly #released = new Set<Exchange>()
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Nobody waits, and nobody who waited is on the way. */
  get isOver(): boolean {
    return this.#length === 0 && this.#released.size === 0
  }

  /** A newcomer must not overtake those who wait. */
  mustWait(exchange: Exchange): boolean {
    return this.#length > 0 && !this.#released.has(exchange)
  }

  /** @param max as many may wait; beyond, the client gives way that has the most in the line */
  join(exchange: Exchange, until: number, max: number): Promise<Outcome> {
    // Released, and there was nobody for it after all: it was first, and is first again.
    const wasFirst = this.#released.delete(exchange)
    const { clientIp } = exchange.head
    if (!wasFirst && this.#length >= max && !this.#makeRoom(clientIp)) return Promise.resolve('full')
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const client = exchange.kind === 'http' ? exchange.response : exchange.socket
    const onClose = (): void => held.leave('gone')
    const held: Held = {
      exchange,
      until,
      leave: (outcome) => {
        if (!this.#remove(held)) return
        client.removeListener('close', onClose)
        resolve(outcome)
      },
    }
    this.#add(clientIp, held, wasFirst)
    if (client.destroyed) onClose()
    else client.on('close', onClose)
    return promise
  }

  /** Lets one try whether there is anybody. */
  probe(): void {
    if (this.#released.size === 0) this.#releaseNext()
  }

  /** A released request found a member: others may follow. */
  found(exchange: Exchange): void {
    if (!this.#released.has(exchange)) return
    while (this.#length > 0 && this.#released.size < releasedMax) this.#releaseNext()
  }

  /** A request is over, released or not. */
  done(exchange: Exchange): void {
    if (this.#released.delete(exchange) && this.#length > 0) this.#releaseNext()
  }

  expire(now: number): void {
    for (const requests of this.#clients.values()) {
      for (const held of requests.filter(({ until }) => until <= now)) held.leave('late')
    }
  }

  #releaseNext(): void {
    const [client, requests] = this.#clients.entries().next().value ?? []
    const held = requests?.[0]
    if (client === undefined || requests === undefined || held === undefined) return
    this.#released.add(held.exchange)
    held.leave('go')
    // The next turn is another client's.
    if (requests.length > 0) {
      this.#clients.delete(client)
      this.#clients.set(client, requests)
    }
  }

  #add(client: string, held: Held, first: boolean): void {
    this.#length++
    const requests = this.#clients.get(client)
    if (requests === undefined) {
      const others = first ? [...this.#clients] : []
      if (first) this.#clients.clear()
      this.#clients.set(client, [held])
      for (const [other, theirs] of others) this.#clients.set(other, theirs)
    } else if (first) requests.unshift(held)
    else requests.push(held)
  }

  #remove(held: Held): boolean {
    const client = held.exchange.head.clientIp
    const requests = this.#clients.get(client)
    const at = requests?.indexOf(held) ?? -1
    if (requests === undefined || at === -1) return false
    requests.splice(at, 1)
    if (requests.length === 0) this.#clients.delete(client)
    this.#length--
    return true
  }

  /** True: whoever has the most lost its last one, which is more than this client has. */
  #makeRoom(client: string): boolean {
    let most: Held[] = []
    for (const requests of this.#clients.values()) if (requests.length > most.length) most = requests
    if (most.length <= (this.#clients.get(client)?.length ?? 0) + 1) return false
    most.at(-1)?.leave('full')
    return true
  }
}
