import type { Snapshot } from './snapshot.ts'

/** The one current snapshot, as the control thread knows it: what is told to the data plane and shown to people. */
export class SnapshotStore {
  #current: Snapshot
  #publishedAt: number | undefined

  constructor(first: Snapshot) {
    this.#current = first
  }

  get current(): Snapshot {
    return this.#current
  }

  /** Milliseconds since the epoch; undefined before the first. */
  get publishedAt(): number | undefined {
    return this.#publishedAt
  }

  publish(next: Snapshot): void {
    this.#current = next
    this.#publishedAt = Date.now()
  }
}
