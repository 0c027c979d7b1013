import type { Snapshot } from './snapshot.ts'

/** The one current snapshot, as the control thread knows it: what is told to the data plane and shown to people. */
export class SnapshotStore {
  #current: Snapshot

  constructor(first: Snapshot) {
    this.#current = first
  }

  get current(): Snapshot {
    return this.#current
  }

  publish(next: Snapshot): void {
    this.#current = next
  }
}
