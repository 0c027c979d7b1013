// Containers by id, and in the order of their names, so that nothing made from them depends on the order of events. One that
// comes, goes or changes costs no sorting of all.
import type { Container } from './container.ts'
import { byName } from './precedence.ts'

export class ContainerSet {
  readonly #byId = new Map<string, Container>()
  #ordered: Container[] = []
  /** The list is somebody else's as well: the next change is made in a copy. */
  #shared = false

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Container | undefined {
    return this.#byId.get(id)
  }

  ids(): Iterable<string> {
    return this.#byId.keys()
  }

  /** As of now; what happens later does not change it. */
  ordered(): readonly Container[] {
    this.#shared = true
    return this.#ordered
  }

  /** Takes the place of one with the same id. */
  put(container: Container): void {
    this.delete(container.id)
    this.#byId.set(container.id, container)
    this.#own().splice(this.#placeOf(container), 0, container)
  }

  delete(id: string): boolean {
    const known = this.#byId.get(id)
    if (known === undefined) return false
    this.#byId.delete(id)
    this.#own().splice(this.#placeOf(known), 1)
    return true
  }

  #own(): Container[] {
    if (this.#shared) this.#ordered = [...this.#ordered]
    this.#shared = false
    return this.#ordered
  }

  /** Where it stands, or would. */
  #placeOf(container: Container): number {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#ordered[middle]
      if (other !== undefined && byName(other, container) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
