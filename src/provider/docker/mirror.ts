// The containers as last seen, by id, and which of those are to be looked at. A plain state machine: the watch feeds it
// events, lists and inspections.
import { isDeepStrictEqual } from 'node:util'
import type { Container } from './container.ts'
import { ContainerSet } from './container-set.ts'
import type { EngineEvent } from './engine-event.ts'
import { effectOf } from './event-effect.ts'
import type { Change } from './event-effect.ts'
import { agrees } from './listed-container.ts'
import type { ListedContainer } from './listed-container.ts'

export class Mirror {
  readonly #containers = new ContainerSet()
  /** To be inspected; then being inspected; then, perhaps, failed. An id may also be stale while it is inspected. */
  readonly #stale = new Set<string>()
  readonly #underway = new Set<string>()
  readonly #failed = new Set<string>()
  /** By id, as of the last list. */
  #published = new Map<string, string>()
  /** When the last event of each happened, by the engine's clock. */
  readonly #latest = new Map<string, number>()

  get(id: string): Container | undefined {
    return this.#containers.get(id)
  }

  /** Nothing is to be inspected, or being inspected. What failed is left aside. */
  get inStep(): boolean {
    return this.#stale.size === 0 && this.#underway.size === 0
  }

  get size(): number {
    return this.#containers.size
  }

  /** By name. One that did not change is the same object. */
  get containers(): readonly Container[] {
    return this.#containers.ordered()
  }

  /** Takes in an event: what it takes away is gone at once, what it may have added waits for an inspection. */
  apply(event: EngineEvent): Change {
    const { containerId: id, kind } = event
    if (kind === 'kill') return 'none'
    const known = this.#containers.get(id)
    const { container, change, saysAll } = effectOf(event, known)
    // An inspection that is under way may have looked before it happened; and what is told after something later is told
    // late, or the clock was set: who knows what came of it.
    const late = event.at < (this.#latest.get(id) ?? event.at)
    this.#latest.set(id, event.at)
    if (this.#underway.has(id) || !saysAll || late) this.#stale.add(id)
    else if (kind === 'destroy') this.#stale.delete(id)
    if (kind === 'destroy') this.#latest.delete(id)
    if (container === undefined) this.#containers.delete(id)
    else if (container !== known) this.#containers.put(container)
    return change
  }

  /** Those that ran as far as we know and, by this list, do not; but for what an event spoke of, which may be newer. */
  endedBy(list: readonly ListedContainer[]): readonly Container[] {
    const running = new Set(list.flatMap(({ id, running }) => (running ? [id] : [])))
    return this.containers.filter(
      ({ id, running: ran }) => ran && !running.has(id) && !this.#stale.has(id) && !this.#underway.has(id),
    )
  }

  /**
   * Takes in a list: containers that are not on it are gone, those of which it says something else are to be inspected.
   * What an event spoke of since is left to its inspection: the list may be older.
   */
  listed(list: readonly ListedContainer[]): Change {
    const present = new Set(list.map(({ id }) => id))
    const gone = [...this.#containers.ids()].filter(
      (id) => !present.has(id) && !this.#stale.has(id) && !this.#underway.has(id),
    )
    for (const id of gone) this.#containers.delete(id)
    for (const listed of list) {
      const known = this.#containers.get(listed.id)
      const before = this.#published.get(listed.id) ?? listed.published
      const asKnown = known !== undefined && agrees(listed, known) && before === listed.published
      if (!asKnown && !this.#underway.has(listed.id)) this.#stale.add(listed.id)
    }
    for (const id of this.#latest.keys()) if (!present.has(id)) this.#latest.delete(id)
    this.#published = new Map(list.map(({ id, published }) => [id, published]))
    return gone.length > 0 ? 'less' : 'none'
  }

  /** An id to inspect now; the caller answers with `inspected` or `failed`. */
  take(): string | undefined {
    for (const id of this.#stale) {
      if (this.#underway.has(id)) continue
      this.#stale.delete(id)
      this.#failed.delete(id)
      this.#underway.add(id)
      return id
    }
    return undefined
  }

  /** Takes in what an inspection found; undefined: no such container. */
  inspected(id: string, found: Container | undefined): Change {
    this.#underway.delete(id)
    // An event came while the inspection ran: look again, believe the event.
    if (this.#stale.has(id)) return 'none'
    if (found === undefined) return this.#containers.delete(id) ? 'less' : 'none'
    if (isDeepStrictEqual(found, this.#containers.get(id))) return 'none'
    this.#containers.put(found)
    return 'more'
  }

  /** The inspection failed: the last good state stays, and the container waits for `retryFailed`. */
  failed(id: string): void {
    this.#underway.delete(id)
    this.#failed.add(id)
  }

  retryFailed(): void {
    for (const id of this.#failed) this.#stale.add(id)
    this.#failed.clear()
  }
}
