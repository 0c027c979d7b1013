// A data-plane thread's side of the ledger.
import type { Books, SharedBooks } from './ledger.ts'
import { LedgerRow, rowMemory } from './row.ts'
import { Turns, turnsMemory } from './turns.ts'

export class ThreadBooks implements Books {
  readonly #column: number
  #rows = new Map<string, LedgerRow>()
  #turns = new Map<string, Turns>()

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

  /** Takes in what is new, and forgets whoever is no longer named: requests in flight hold their rows themselves. */
  update({ rows, turns }: SharedBooks, memberKeys: Iterable<string>, services: Iterable<string>): void {
    const rowBefore = this.#rows
    const turnsBefore = this.#turns
    this.#rows = new Map()
    this.#turns = new Map()
    for (const key of memberKeys) {
      const memory = rows.get(key)
      const row = memory === undefined ? rowBefore.get(key) : new LedgerRow(memory, this.#column)
      if (row !== undefined) this.#rows.set(key, row)
    }
    for (const service of services) {
      const memory = turns.get(service)
      const turn = memory === undefined ? turnsBefore.get(service) : new Turns(memory)
      if (turn !== undefined) this.#turns.set(service, turn)
    }
  }
}
