import type { Snapshot } from './snapshot.ts'

/**
 * The one current snapshot. Publishing is an assignment; what must be guarded is reading twice, so on the request path
 * `current` is read in exactly one place: the entrypoint.
 */
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
