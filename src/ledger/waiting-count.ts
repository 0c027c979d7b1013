// How many requests wait because a service has nobody for them, in shared memory: a column for each data-plane thread, which
// alone writes it. Readers sum.
//
//   float64 2n      requests that wait in thread n now
//   float64 2n + 1  requests that waited in it, and do no more

const perColumn = 2

export function waitingMemory(columns: number): SharedArrayBuffer {
  return new SharedArrayBuffer(columns * perColumn * Float64Array.BYTES_PER_ELEMENT)
}

export class WaitingCount {
  readonly memory: SharedArrayBuffer
  readonly #all: Float64Array
  readonly #own: number

  /** @param column the one this thread counts in */
  constructor(memory: SharedArrayBuffer, column: number) {
    this.memory = memory
    this.#all = new Float64Array(memory)
    this.#own = column * perColumn
  }

  /** In all threads, now. */
  get now(): number {
    return this.#sum(0)
  }

  /** Those that have had to wait and do no more, in all threads, since the service was first declared. */
  get ever(): number {
    return this.#sum(1)
  }

  /** As many wait in this thread by now. */
  set(waiting: number): void {
    this.#all[this.#own] = waiting
  }

  /** One more has waited in this thread. */
  add(): void {
    this.#all[this.#own + 1] = (this.#all[this.#own + 1] ?? 0) + 1
  }

  /** A thread died, and those that waited in it with it. */
  forget(column: number): void {
    this.#all[column * perColumn] = 0
  }

  #sum(place: number): number {
    let sum = 0
    for (let i = place; i < this.#all.length; i += perColumn) sum += this.#all[i] ?? 0
    return sum
  }
}
