// What both planes see of a member at every instant: may it be chosen, and what it has done so far.

/** One member's row. Written by the control side (`available`) and by the data plane (everything else). */
export interface LedgerRow {
  /** False takes the member out of rotation at once, without a new snapshot. */
  available: boolean
  /** How often `available` was changed: tells balancers that their members are not the same as before. */
  changes: number
  /** What the member has earned towards its next turn (Apache's lbstatus); in the ledger so that no update resets it. */
  lbstatus: number
  /** Requests it was chosen for (Apache's Elected). */
  elected: number
  /** Requests in flight now. */
  busy: number
  /** Bytes sent to it and received from it, heads included. */
  to: number
  from: number
  /** Requests it failed. */
  errors: number
}

/** Rows by member key. A row outlives snapshots: counters and availability survive every configuration change. */
export class Ledger {
  readonly #rows = new Map<string, LedgerRow>()

  /** The member's row, made on first use; a new member is not available until the cluster says so. */
  row(key: string): LedgerRow {
    let row = this.#rows.get(key)
    if (row === undefined) {
      row = { available: false, changes: 0, lbstatus: 0, elected: 0, busy: 0, to: 0, from: 0, errors: 0 }
      this.#rows.set(key, row)
    }
    return row
  }

  delete(key: string): void {
    this.#rows.delete(key)
  }
}
