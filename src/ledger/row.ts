// One member's books in shared memory: may it be chosen, and what it has done so far.
//
//   bytes 0–63     flags, written by the control thread only
//   then 64 each   one column of counters per data-plane thread, written by that thread only
//
// A column fills a cache line, so threads never contend and need no atomic addition: readers sum. The memory is the
// row's own: whoever still holds it, a request in flight above all, keeps it, and no address is ever given to another
// member.

const flagsBytes = 64
const columnBytes = 64
const countersPerColumn = columnBytes / Float64Array.BYTES_PER_ELEMENT

const available = 0

// Places in a column.
const elected = 0
const busy = 1
const to = 2
const from = 3
const errors = 4

/** Memory of a new member, which is not available until the cluster says so. `columns`: data-plane threads. */
export function rowMemory(columns: number): SharedArrayBuffer {
  return new SharedArrayBuffer(flagsBytes + columns * columnBytes)
}

export class LedgerRow {
  readonly memory: SharedArrayBuffer
  readonly #flags: Int32Array
  readonly #all: Float64Array
  /** The column this thread counts in. */
  readonly #own: Float64Array

  constructor(memory: SharedArrayBuffer, column: number) {
    this.memory = memory
    this.#flags = new Int32Array(memory, 0, flagsBytes / Int32Array.BYTES_PER_ELEMENT)
    this.#all = new Float64Array(memory, flagsBytes)
    this.#own = new Float64Array(memory, flagsBytes + column * columnBytes, countersPerColumn)
  }

  /** False takes the member out of rotation in every thread at once, without a message or a new snapshot. */
  get available(): boolean {
    return Atomics.load(this.#flags, available) === 1
  }

  set available(value: boolean) {
    Atomics.store(this.#flags, available, value ? 1 : 0)
  }

  /** Requests it was chosen for (Apache's Elected). */
  get elected(): number {
    return this.#sum(elected)
  }

  /** Requests in flight now. */
  get busy(): number {
    return this.#sum(busy)
  }

  /** Bytes sent to it, heads included. */
  get to(): number {
    return this.#sum(to)
  }

  /** Bytes received from it, heads included. */
  get from(): number {
    return this.#sum(from)
  }

  /** Requests it failed. */
  get errors(): number {
    return this.#sum(errors)
  }

  begin(): void {
    this.#count(elected, 1)
    this.#count(busy, 1)
  }

  end(): void {
    this.#count(busy, -1)
  }

  fail(): void {
    this.#count(errors, 1)
  }

  send(bytes: number): void {
    this.#count(to, bytes)
  }

  receive(bytes: number): void {
    this.#count(from, bytes)
  }

  /** A thread died, and what it had in flight with it. What it counted stays. */
  forgetInFlight(column: number): void {
    this.#all[column * countersPerColumn + busy] = 0
  }

  #count(place: number, by: number): void {
    this.#own[place] = (this.#own[place] ?? 0) + by
  }

  #sum(place: number): number {
    let sum = 0
    for (let i = place; i < this.#all.length; i += countersPerColumn) sum += this.#all[i] ?? 0
    return sum
  }
}
