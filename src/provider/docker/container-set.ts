// Containers by id, and in the order of their names, so that nothing made from them depends on the order of events. One that
// comes, goes or changes costs no sorting of all.
import type { Container } from './container.ts'

export class ContainerSet {
  readonly #byId = new Map<string, Container>()
  readonly #ordered: Container[] = []

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
    return [...this.#ordered]
  }

  /** Takes the place of one with the same id. */
  put(container: Container): void {
    this.delete(container.id)
    this.#byId.set(container.id, container)
    this.#ordered.splice(this.#placeOf(container), 0, container)
  }

  delete(id: string): boolean {
    const known = this.#byId.get(id)
    if (known === undefined) return false
    this.#byId.delete(id)
    this.#ordered.splice(this.#placeOf(known), 1)
    return true
  }

  /** Where it stands, or would. */
  #placeOf(container: Container): number {
    let low = 0
    let high = this.#ordered.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#ordered[middle]
      if (other !== undefined && comesBefore(other, container)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Names are not unique for the moments a container takes over the name of another. */
function comesBefore(a: Container, b: Container): boolean {
  return a.name < b.name || (a.name === b.name && a.id < b.id)
}
