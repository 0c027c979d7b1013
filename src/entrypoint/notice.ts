// What an operator should know of a listener as a whole. Under attack it happens thousands of times a second, so it is
// counted, and told at most once in one.

export interface Notice {
  /** A sentence in lower case. */
  readonly message: string
  readonly fields: Readonly<Record<string, string | number>>
}

const everyMs = 1000

export class Notices {
  readonly #tell: (notice: Notice) => void
  readonly #waiting = new Map<string, { count: number; fields: Notice['fields'] }>()
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell
  }

  /** For the next `flush`: with a count, and the fields of the first time. */
  count(message: string, fields: Notice['fields']): void {
    const waiting = this.#waiting.get(message)
    if (waiting === undefined) this.#waiting.set(message, { count: 1, fields })
    else waiting.count++
  }

  /** Does nothing within a second of the last time that it told something. */
  flush(now: number): void {
    if (this.#waiting.size === 0 || now - this.#toldAt < everyMs) return
    this.#toldAt = now
    for (const [message, { count, fields }] of this.#waiting) this.#tell({ message, fields: { ...fields, count } })
    this.#waiting.clear()
  }
}
