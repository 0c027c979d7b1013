// Looks at the containers a mirror wants looked at, several at a time. One that the engine does not answer for holds up
// none but itself.
import type { EngineConnection } from './engine.ts'
import type { Change } from './event-effect.ts'
import type { Mirror } from './mirror.ts'

/** At once. */
const inspectionsMax = 8

interface InspectionReport {
  /** What came of one: a change, or the error; called after the mirror has been told. */
  settled(id: string, outcome: Change | { readonly error: unknown }): void
}

/** Over one connection. */
export class Inspections {
  readonly #mirror: Mirror
  readonly #connection: EngineConnection
  readonly #signal: AbortSignal
  readonly #report: InspectionReport
  readonly #underway = new Set<Promise<void>>()

  constructor(mirror: Mirror, connection: EngineConnection, signal: AbortSignal, report: InspectionReport) {
    this.#mirror = mirror
    this.#connection = connection
    this.#signal = signal
    this.#report = report
  }

  /** Begins as many as may run; each that ends begins the next. */
  begin(): void {
    while (this.#underway.size < inspectionsMax && !this.#signal.aborted) {
      const id = this.#mirror.take()
      if (id === undefined) return
      const task: Promise<void> = this.#inspect(id).finally(() => {
        this.#underway.delete(task)
        this.begin()
      })
      this.#underway.add(task)
    }
  }

  /** Resolves when none runs; after the signal has aborted, that is soon. */
  async ended(): Promise<void> {
    await Promise.all(this.#underway)
  }

  async #inspect(id: string): Promise<void> {
    try {
      const found = await this.#connection.inspect(id, this.#signal)
      this.#report.settled(id, this.#mirror.inspected(id, found))
    } catch (error) {
      this.#mirror.failed(id)
      if (!this.#signal.aborted) this.#report.settled(id, { error })
    }
  }
}
