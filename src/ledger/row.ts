// One member's books in shared memory: may it be chosen, and what it has done so far.
//
//   bytes 0–63      flags, written by the control thread, `failing` also by whoever sees the failure
//   then 192 each   one column of counters per data-plane thread, written by that thread only
//
// A column fills cache lines of its own, so threads never contend and need no atomic addition: readers sum. The memory is
// the row's own: whoever still holds it, a request in flight above all, keeps it, and no address is ever given to another
// member.
import { bucketOf, latencyBuckets } from './latencies.ts'
import { steadyMs } from './steady-clock.ts'

const flagsBytes = 64
const countersBytes = 64
const columnBytes = countersBytes + latencyBuckets * Uint32Array.BYTES_PER_ELEMENT
const countersPerColumn = columnBytes / Float64Array.BYTES_PER_ELEMENT
const bucketsPerColumn = columnBytes / Uint32Array.BYTES_PER_ELEMENT

// Places among the flags, as 32-bit numbers.
const admits = 0
const failing = 1
const heldBack = 2
const coming = 3
/** 32-bit numbers from the flags' beginning that are in use; the handicap follows. */
const flagsUsed = 4
/** As 64-bit numbers, behind those. */
const handicap = 2
const leftAt = 3

// Places in a column.
const elected = 0
const busy = 1
const to = 2
const from = 3
const errors = 4
const stuck = 5
const refusals = 6
const latency = 7

/** Of the last answers, each counts this much in the mean; about a hundred of them matter. */
const latencyGain = 0.02

/** Whom a member takes: everybody, clients with a session on it, or nobody. */
export type Admits = 'nobody' | 'sessions' | 'everybody'
const admitted: readonly Admits[] = ['nobody', 'sessions', 'everybody']
const everybody = admitted.indexOf('everybody')

/** Memory of a new member, which is not available until the cluster says so. `columns`: data-plane threads. */
export function rowMemory(columns: number): SharedArrayBuffer {
  return new SharedArrayBuffer(flagsBytes + columns * columnBytes)
}

export class LedgerRow {
  readonly memory: SharedArrayBuffer
  readonly #flags: Int32Array
  readonly #wideFlags: Float64Array
  readonly #all: Float64Array
  readonly #allBuckets: Uint32Array
  /** The column this thread counts in. */
  readonly #own: Float64Array
  readonly #ownBuckets: Uint32Array

  constructor(memory: SharedArrayBuffer, column: number) {
    const start = flagsBytes + column * columnBytes
    this.memory = memory
    this.#flags = new Int32Array(memory, 0, flagsUsed)
    this.#wideFlags = new Float64Array(memory, 0, flagsBytes / Float64Array.BYTES_PER_ELEMENT)
    this.#all = new Float64Array(memory, flagsBytes)
    this.#allBuckets = new Uint32Array(memory, flagsBytes)
    this.#own = new Float64Array(memory, start, countersBytes / Float64Array.BYTES_PER_ELEMENT)
    this.#ownBuckets = new Uint32Array(memory, start + countersBytes, latencyBuckets)
  }

  /** False takes the member out of rotation in every thread at once, without a message or a new snapshot. */
  get available(): boolean {
    return Atomics.load(this.#flags, admits) === everybody && Atomics.load(this.#flags, failing) === 0
  }

  set available(value: boolean) {
    this.admits = value ? 'everybody' : 'nobody'
  }

  get admits(): Admits {
    return admitted[Atomics.load(this.#flags, admits)] ?? 'nobody'
  }

  set admits(value: Admits) {
    if (value !== 'everybody' && this.available) this.#wideFlags[leftAt] = steadyMs()
    Atomics.store(this.#flags, admits, admitted.indexOf(value))
  }

  /** A connection to it failed a moment ago; it is passed over while there are others (Apache's error state). */
  get failing(): boolean {
    return Atomics.load(this.#flags, failing) !== 0
  }

  set failing(value: boolean) {
    if (value && this.available) this.#wideFlags[leftAt] = steadyMs()
    Atomics.store(this.#flags, failing, value ? 1 : 0)
  }

  /** When it last stopped taking everybody, by `steadyMs`; 0: it never did take anybody. */
  get leftAt(): number {
    return this.#wideFlags[leftAt] ?? 0
  }

  /** It takes nobody yet and is about to: whoever finds nobody else may wait for it. */
  get coming(): boolean {
    return Atomics.load(this.#flags, coming) !== 0
  }

  set coming(value: boolean) {
    Atomics.store(this.#flags, coming, value ? 1 : 0)
  }

  /** The part of its share it gets by now, above 0 and up to 1: less while it starts slowly. */
  get share(): number {
    return 1 - Atomics.load(this.#flags, heldBack) / 1000
  }

  set share(value: number) {
    Atomics.store(this.#flags, heldBack, Math.min(999, Math.round((1 - value) * 1000)))
  }

  /** Bytes it is treated as having carried besides: one that joins late must not have to catch up. */
  get handicap(): number {
    return this.#wideFlags[handicap] ?? 0
  }

  set handicap(bytes: number) {
    this.#wideFlags[handicap] = bytes
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

  /** Requests it was chosen for because their session named it. */
  get stuck(): number {
    return this.#sum(stuck)
  }

  /** Answers of 500 and above. */
  get refusals(): number {
    return this.#sum(refusals)
  }

  /** Mean milliseconds to the head of an answer, over the last hundred or so; 0 before the first. */
  get latency(): number {
    let sum = 0
    let columns = 0
    for (let i = latency; i < this.#all.length; i += countersPerColumn) {
      const mean = this.#all[i] ?? 0
      if (mean === 0) continue
      sum += mean
      columns++
    }
    return columns === 0 ? 0 : sum / columns
  }

  /** Answers by the time to their head: see `latencies.ts`. */
  latencies(): Uint32Array {
    const sums = new Uint32Array(latencyBuckets)
    for (let start = countersBytes / 4; start < this.#allBuckets.length; start += bucketsPerColumn) {
      for (let i = 0; i < latencyBuckets; i++) sums[i] = (sums[i] ?? 0) + (this.#allBuckets[start + i] ?? 0)
    }
    return sums
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

  stick(): void {
    this.#count(stuck, 1)
  }

  /** The head of its answer came, `ms` after the request went out. */
  answer(status: number, ms: number): void {
    if (status >= 500) this.#count(refusals, 1)
    const mean = this.#own[latency] ?? 0
    this.#own[latency] = mean === 0 ? ms : mean + (ms - mean) * latencyGain
    const bucket = bucketOf(ms)
    this.#ownBuckets[bucket] = (this.#ownBuckets[bucket] ?? 0) + 1
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
