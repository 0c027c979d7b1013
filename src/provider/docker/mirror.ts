// The containers as last seen, by id, and which of those are to be looked at again. A plain state machine: the provider
// feeds it events, lists and inspections.
import { isDeepStrictEqual } from 'node:util'
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'

export class Mirror {
  readonly #containers = new Map<string, Container>()
  readonly #stale = new Set<string>()

  get(id: string): Container | undefined {
    return this.#containers.get(id)
  }

  /** Whether some are to be inspected. */
  get stale(): boolean {
    return this.#stale.size > 0
  }

  /** By name, so that nothing made from it depends on the order of events. */
  get containers(): readonly Container[] {
    return [...this.#containers.values()].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id))
  }

  /**
   * Takes in an event: what it takes away is gone at once, what it may have added waits for an inspection. True when
   * what is declared is no longer what it was.
   */
  apply(event: EngineEvent): boolean {
    const { containerId: id } = event
    const known = this.#containers.get(id)
    if (event.kind !== 'kill') this.#stale.add(id)
    if (known === undefined) return false
    switch (event.kind) {
      case 'destroy':
        return this.#containers.delete(id)
      case 'die':
        this.#containers.set(id, { ...known, running: false, paused: false, health: 'none', networks: new Map() })
        return known.running
      case 'disconnect': {
        // Its address is free from now on; the next container to start may get it.
        const networks = new Map(known.networks)
        const left = networks.delete(event.network)
        if (left) this.#containers.set(id, { ...known, networks })
        return left
      }
      case 'pause':
      case 'unpause':
        return this.#amend(known, { paused: event.kind === 'pause' })
      case 'health':
        return this.#amend(known, { health: event.health })
      case 'create':
      case 'start':
      case 'kill':
      case 'rename':
      case 'connect':
    }
    return false
  }

  /** What an event says of a running container holds before its inspection: an older word would undo it in the cluster. */
  #amend(known: Container, said: Partial<Pick<Container, 'paused' | 'health'>>): boolean {
    if (!known.running) return false
    this.#containers.set(known.id, { ...known, ...said })
    return true
  }

  /**
   * Takes in a list of all ids: containers that are not on it are gone, the others are to be inspected. Containers an
   * event spoke of since are left to their inspection: the list may be older. True when something went.
   */
  listed(ids: readonly string[]): boolean {
    const present = new Set(ids)
    const gone = [...this.#containers.keys()].filter((id) => !present.has(id) && !this.#stale.has(id))
    for (const id of gone) this.#containers.delete(id)
    for (const id of ids) this.#stale.add(id)
    return gone.length > 0
  }

  /** The ids to inspect now; the caller answers each with `inspected` or `retry`. */
  takeStale(): readonly string[] {
    const ids = [...this.#stale]
    this.#stale.clear()
    return ids
  }

  /** Takes in what an inspection found; undefined: no such container. True when that is news. */
  inspected(id: string, found: Container | undefined): boolean {
    // An event came while the inspection ran, which may have looked before it: look again, believe the event.
    if (this.#stale.has(id)) return false
    if (found === undefined) return this.#containers.delete(id)
    if (isDeepStrictEqual(found, this.#containers.get(id))) return false
    this.#containers.set(id, found)
    return true
  }

  /** The inspection failed: the last good state stays, and the container is to be looked at again. */
  retry(id: string): void {
    this.#stale.add(id)
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
