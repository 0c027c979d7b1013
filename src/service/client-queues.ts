// Who waits, client by client: each has a queue, and they take turns. A step costs the same however many wait.
import { Chain, Link } from './chain.ts'

class Client<T> {
  readonly address: string
  readonly queue = new Chain<T>()
  /** Among all clients. */
  readonly turn = new Link<Client<T>>(this)
  /** Among those whose queue is as long. */
  readonly peer = new Link<Client<T>>(this)

  constructor(address: string) {
    this.address = address
  }
}

/** Where one waits, to leave it by. */
export interface Seat<T> {
  readonly client: Client<T>
  readonly link: Link<T>
}

export class ClientQueues<T> {
  readonly #clients = new Map<string, Client<T>>()
  /** In the order of their turns. */
  readonly #turns = new Chain<Client<T>>()
  /** By the length of their queues. */
  readonly #peers: Chain<Client<T>>[] = []
  /** The longest one's. */
  #most = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Whose turn it is. */
  get next(): T | undefined {
    return this.#turns.first?.queue.first
  }

  /** Last of its client's. `first`: before all others, and its client as well. */
  add(address: string, value: T, first: boolean): Seat<T> {
    const client = this.#clients.get(address) ?? this.#newClient(address)
    const { queue, turn } = client
    const link = new Link(value)
    if (queue.length > 0) this.#peersOf(client).remove(client.peer)
    if (first) {
      queue.prepend(link)
      this.#turns.remove(turn)
      this.#turns.prepend(turn)
    } else queue.append(link)
    this.#peersOf(client).append(client.peer)
    this.#most = Math.max(this.#most, queue.length)
    this.#length++
    return { client, link }
  }

  remove({ client, link }: Seat<T>): void {
    const { queue, turn, address } = client
    this.#peersOf(client).remove(client.peer)
    queue.remove(link)
    this.#length--
    if (queue.length > 0) this.#peersOf(client).append(client.peer)
    else {
      this.#turns.remove(turn)
      this.#clients.delete(address)
    }
    if (this.#peers[this.#most]?.length === 0) this.#most--
  }

  /** The next turn is another client's. */
  passTurn(): void {
    const { first } = this.#turns
    if (first === undefined) return
    this.#turns.remove(first.turn)
    this.#turns.append(first.turn)
  }

  /** Who must give way to one more of this client: the last one of whoever has the most; undefined: that would be itself. */
  tooMany(address: string): T | undefined {
    const own = this.#clients.get(address)?.queue.length ?? 0
    return this.#most <= own + 1 ? undefined : this.#peers[this.#most]?.first?.queue.last
  }

  /** Whoever was given last may be removed before the next. */
  *[Symbol.iterator](): Generator<T, void> {
    for (const { queue } of this.#turns) yield* queue
  }

  #newClient(address: string): Client<T> {
    const client = new Client<T>(address)
    this.#clients.set(address, client)
    this.#turns.append(client.turn)
    return client
  }

  #peersOf({ queue }: Client<T>): Chain<Client<T>> {
    return (this.#peers[queue.length] ??= new Chain())
  }
}
