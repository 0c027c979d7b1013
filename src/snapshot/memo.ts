// What was worked out for the last configuration, kept for the next: of thousands of objects, an update changes a few.

interface Entry<V> {
  readonly inputs: readonly unknown[]
  readonly value: V
  generation: number
}

/** What one configuration did not ask for is forgotten with the next. */
export class Memo<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  #generation = 0

  /** The value made before from the very same inputs (identity, not likeness), or a new one. */
  recall(key: K, inputs: readonly unknown[], make: () => V): V {
    const known = this.#entries.get(key)
    if (known !== undefined && isSame(known.inputs, inputs)) {
      known.generation = this.#generation
      return known.value
    }
    const value = make()
    this.#entries.set(key, { inputs, value, generation: this.#generation })
    return value
  }

  /** Begins the next configuration. */
  turn(): void {
    for (const [key, { generation }] of this.#entries) if (generation < this.#generation) this.#entries.delete(key)
    this.#generation++
  }
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  if (before.length !== after.length) return false
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) return false
  return true
}
