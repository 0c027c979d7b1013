// What both planes see at every instant: a row per member, and per service whose turn it is. The control thread makes
// the memory and hands it on with each snapshot; everybody reads and counts in it without a further message.
import { LedgerRow, rowMemory } from './row.ts'
import { smoothSequence, Turns, turnsMemory } from './turns.ts'
import { WaitingCount, waitingMemory } from './waiting-count.ts'

/** What a snapshot needs of the ledger, by member key and by service. */
export interface Books {
  row(memberKey: string): LedgerRow
  turns(service: string): Turns
}

/** What crosses to another thread: what it has not been told of yet. */
export interface SharedBooks {
  /** To be handed to `share` the next time. */
  readonly upTo: number
  readonly rows: ReadonlyMap<string, SharedArrayBuffer>
  readonly turns: ReadonlyMap<string, SharedArrayBuffer>
  readonly waiting: ReadonlyMap<string, SharedArrayBuffer>
}

/** One of the members of a service, in the order they take turns in. */
export interface Place {
  readonly key: string
  readonly weight: number
}

interface Arrangement {
  readonly serial: number
  readonly places: readonly Place[]
  readonly turns: Turns
}

interface Entry {
  readonly serial: number
  readonly row: LedgerRow
}

interface Count {
  readonly serial: number
  readonly count: WaitingCount
}

/** The control thread's side. Rows and turns outlive snapshots: counters and order survive every configuration change. */
export class Ledger implements Books {
  readonly #columns: number
  readonly #rows = new Map<string, Entry>()
  readonly #arrangements = new Map<string, Arrangement>()
  readonly #counts = new Map<string, Count>()
  /** Counts every memory made, so that a thread can be told of the new ones alone. */
  #serial = 0

  /** @param columns data-plane threads that count at the same time */
  constructor(columns = 1) {
    this.#columns = columns
  }

  /** The member's row, made on first use. */
  row(memberKey: string): LedgerRow {
    let entry = this.#rows.get(memberKey)
    if (entry === undefined) {
      entry = { serial: ++this.#serial, row: new LedgerRow(rowMemory(this.#columns), 0) }
      this.#rows.set(memberKey, entry)
    }
    return entry.row
  }

  deleteRow(memberKey: string): void {
    this.#rows.delete(memberKey)
  }

  turns(service: string): Turns {
    return this.#arrangements.get(service)?.turns ?? this.arrange(service, [])
  }

  /** Says who takes turns in a service. Whoever was due stays due, so that a cycle goes on through joins and departures. */
  arrange(service: string, places: readonly Place[]): Turns {
    const before = this.#arrangements.get(service)
    if (before !== undefined && isSame(before.places, places)) return before.turns
    this.waiting(service)
    const sequence = smoothSequence(places.map(({ weight }) => weight))
    const due = before === undefined ? 0 : sequence.indexOf(dueIn(before, places))
    const turns = new Turns(turnsMemory(sequence, Math.max(due, 0)))
    this.#arrangements.set(service, { serial: ++this.#serial, places, turns })
    return turns
  }

  /** The service's count of requests that wait, made on first use. */
  waiting(service: string): WaitingCount {
    let entry = this.#counts.get(service)
    if (entry === undefined) {
      entry = { serial: ++this.#serial, count: new WaitingCount(waitingMemory(this.#columns), 0) }
      this.#counts.set(service, entry)
    }
    return entry.count
  }

  deleteService(service: string): void {
    this.#arrangements.delete(service)
    this.#counts.delete(service)
  }

  /** What was made after `since`: handing over thousands of memories again costs half a second. */
  share(since = 0): SharedBooks {
    const rows = new Map<string, SharedArrayBuffer>()
    for (const [key, { serial, row }] of this.#rows) if (serial > since) rows.set(key, row.memory)
    const turns = new Map<string, SharedArrayBuffer>()
    for (const [service, made] of this.#arrangements) if (made.serial > since) turns.set(service, made.turns.memory)
    const waiting = new Map<string, SharedArrayBuffer>()
    for (const [service, { serial, count }] of this.#counts) if (serial > since) waiting.set(service, count.memory)
    return { upTo: this.#serial, rows, turns, waiting }
  }

  /** A data-plane thread died. */
  forgetInFlight(column: number): void {
    for (const { row } of this.#rows.values()) row.forgetInFlight(column)
    for (const { count } of this.#counts.values()) count.forget(column)
  }
}

function isSame(before: readonly Place[], after: readonly Place[]): boolean {
  if (before === after) return true
  return (
    before.length === after.length &&
    before.every(({ key, weight }, index) => key === after[index]?.key && weight === after[index].weight)
  )
}

/** The first of those whose turn comes next who is still there; -1 when nobody is. */
function dueIn({ places, turns }: Arrangement, after: readonly Place[]): number {
  for (const member of turns.upcoming()) {
    const index = after.findIndex(({ key }) => key === places[member]?.key)
    if (index !== -1) return index
  }
  return -1
}
