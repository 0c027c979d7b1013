// A data-plane thread's side of the ledger.
import type { Books, SharedBooks } from './ledger.ts'
import { LedgerRow, rowMemory } from './row.ts'
import { Turns, turnsMemory } from './turns.ts'
import { WaitingCount } from './waiting-count.ts'

export class ThreadBooks implements Books {
  readonly #column: number
  readonly #rows = new Map<string, LedgerRow>()
  readonly #turns = new Map<string, Turns>()
  readonly #waiting = new Map<string, WaitingCount>()

  /** @param column the one this thread counts in */
  constructor(column: number) {
    this.#column = column
  }

  row(memberKey: string): LedgerRow {
    return this.#rows.get(memberKey) ?? new LedgerRow(rowMemory(this.#column + 1), this.#column)
  }

  turns(service: string): Turns {
    return this.#turns.get(service) ?? new Turns(turnsMemory([], 0))
  }

  /** Undefined: this thread does not know the service. */
  waiting(service: string): WaitingCount | undefined {
    return this.#waiting.get(service)
  }

  /** Takes in what is new, and forgets whoever is gone: requests in flight hold their rows themselves. */
  update(
    { rows, turns, waiting }: SharedBooks,
    gone: { memberKeys: Iterable<string>; services: Iterable<string> },
  ): void {
    for (const key of gone.memberKeys) this.#rows.delete(key)
    for (const service of gone.services) {
      this.#turns.delete(service)
      this.#waiting.delete(service)
    }
    for (const [key, memory] of rows) this.#rows.set(key, new LedgerRow(memory, this.#column))
    for (const [service, memory] of turns) this.#turns.set(service, new Turns(memory))
    for (const [service, memory] of waiting) this.#waiting.set(service, new WaitingCount(memory, this.#column))
  }
}
