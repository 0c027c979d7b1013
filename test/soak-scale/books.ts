// What became of every request of one row of the table: how many, how long, and each failure with what is known of it.

export type FailureKind = 'status' | 'reset' | 'timeout' | 'wrong'

export interface Failure {
  readonly id: string
  readonly method: string
  readonly kind: FailureKind
  /** The status and the beginning of the answer, or the error. */
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly began: number
  readonly ended: number
}

/** A proxy that fails everything must not fill the memory. */
const failuresKept = 20_000

export class Books {
  readonly failures: Failure[] = []
  readonly latencies: number[] = []
  readonly failed: Record<FailureKind, number> = { status: 0, reset: 0, timeout: 0, wrong: 0 }
  /** By method. */
  readonly answered = new Map<string, number>()

  get requests(): number {
    return this.latencies.length + this.failedCount
  }

  get failedCount(): number {
    return Object.values(this.failed).reduce((sum, count) => sum + count, 0)
  }

  answer(method: string, ms: number): void {
    this.latencies.push(ms)
    this.answered.set(method, (this.answered.get(method) ?? 0) + 1)
  }

  fail(failure: Failure): void {
    this.failed[failure.kind]++
    if (this.failures.length < failuresKept) this.failures.push(failure)
  }
}

export function epochMs(): number {
  return performance.timeOrigin + performance.now()
}

/** By nearest rank; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN
}
