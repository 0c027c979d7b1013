// Traefik's passive health check of one member: failures of real requests that fall within one window count together.
import type { PassiveHealthCheckConfig } from '../model/service-config.ts'

/** Failures this close together, as a share of the window, are remembered as one moment: the memory is bounded. */
const momentsPerWindow = 20

interface Moment {
  readonly atMs: number
  failures: number
}

export class FailureWindow {
  readonly #windowMs: number
  readonly #failuresMax: number
  /** Oldest first. */
  #moments: Moment[] = []

  constructor({ failureWindowMs, maxFailedAttempts }: PassiveHealthCheckConfig) {
    this.#windowMs = failureWindowMs
    this.#failuresMax = maxFailedAttempts
  }

  /** Adds failures seen at `nowMs`; true when the member must leave now. */
  add(failures: number, nowMs: number): boolean {
    if (failures <= 0) return false
    this.#moments = this.#moments.filter(({ atMs }) => nowMs - atMs < this.#windowMs)
    const last = this.#moments.at(-1)
    if (last !== undefined && nowMs - last.atMs < this.#windowMs / momentsPerWindow) last.failures += failures
    else this.#moments.push({ atMs: nowMs, failures })
    return this.#moments.reduce((sum, moment) => sum + moment.failures, 0) >= this.#failuresMax
  }

  reset(): void {
    this.#moments = []
  }
}
