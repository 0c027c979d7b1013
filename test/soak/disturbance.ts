// A time in which something was broken on purpose, and exactly which failures that excuses.
import type { Finding } from './books.ts'

export type DisturbanceKind = 'thread death' | 'member death' | 'hang'

/** News of an end reach this process a little after it; what began in between began before it knew. */
const newsMs = 50

/** A member that goes on first works off what waits for it. */
const catchUpMs = 1500

export class Disturbance {
  readonly kind: DisturbanceKind
  readonly service: string | undefined
  readonly from = performance.now()
  /** How many failures it has excused. */
  excused = 0
  #to = Number.POSITIVE_INFINITY

  constructor(kind: DisturbanceKind, service: string | undefined) {
    this.kind = kind
    this.service = service
  }

  get over(): boolean {
    return this.#to !== Number.POSITIVE_INFINITY
  }

  end(): void {
    this.#to = performance.now() + (this.kind === 'hang' ? catchUpMs : newsMs)
  }

  excuses({ service, method, outcome, startedAt, endedAt }: Finding): boolean {
    if (startedAt > this.#to || endedAt < this.from) return false
    switch (this.kind) {
      // Connections of that thread are lost, and nothing else: no wrong status, and nothing that began after it.
      case 'thread death':
        return outcome.name === 'cut'
      // L2: what was never answered may have been carried out, so a POST cannot be repeated. A GET must be.
      case 'member death':
        return service === this.service && method === 'POST' && outcome.name === '502'
      // L3: nobody else may wait.
      case 'hang':
        return service === this.service && outcome.name === 'timeout'
    }
  }
}
