// What a member has done lately, second by second, read off the ledger: for the manager's figures, and for whoever judges
// members by their answers.
import type { LedgerRow } from '../ledger/row.ts'
import { percentile } from '../ledger/latencies.ts'

/** How far back the figures reach. */
const secondsMax = 60
/** Latencies are compared with those of so many seconds ago. */
const markEverySeconds = 10

export interface Recent {
  /** Requests in each of the last seconds, oldest first. */
  readonly perSecond: readonly number[]
  /** The part of them that failed or was answered 500 and above, 0 to 1; undefined: there were none. */
  readonly errorRate: number | undefined
  /** Milliseconds to the head of an answer, within the last minute. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  /** When a request last came by its session, milliseconds since the epoch; undefined: not since Muster started. */
  readonly lastStuckAt: number | undefined
}

export class Vitals {
  readonly #requests: number[] = []
  readonly #failures: number[] = []
  /** All latencies ever, as they were at each mark. */
  readonly #marks: Uint32Array[] = []
  #seconds = 0
  #elected = 0
  #failed = 0
  #stuck = 0
  #lastStuckAt: number | undefined

  /** Called every second. */
  tick(row: LedgerRow, nowMs: number): void {
    const { elected, stuck } = row
    const failed = failuresOf(row)
    push(this.#requests, elected - this.#elected)
    push(this.#failures, failed - this.#failed)
    if (stuck > this.#stuck) this.#lastStuckAt = nowMs
    this.#elected = elected
    this.#failed = failed
    this.#stuck = stuck
    if (this.#seconds++ % markEverySeconds === 0) push(this.#marks, row.latencies(), secondsMax / markEverySeconds)
  }

  recent(row: LedgerRow): Recent {
    const requests = sum(this.#requests) + row.elected - this.#elected
    const failures = sum(this.#failures) + failuresOf(row) - this.#failed
    const before = this.#marks[0]
    const counts = row.latencies().map((count, bucket) => count - (before?.[bucket] ?? 0))
    return {
      perSecond: [...this.#requests],
      errorRate: requests > 0 ? Math.min(1, failures / requests) : undefined,
      p50: percentile(counts, 0.5),
      p99: percentile(counts, 0.99),
      lastStuckAt: this.#lastStuckAt,
    }
  }
}

/** Requests it failed, and those it answered with 500 and above. */
export function failuresOf(row: LedgerRow): number {
  return row.errors + row.refusals
}

function push<T>(ring: T[], value: T, max = secondsMax): void {
  if (ring.length >= max) ring.shift()
  ring.push(value)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
