// Drains that somebody asked for, before the engine hears of the stop: how many there are of each container. What the engine
// says of it takes precedence: a drain it knows of is not taken back here.

/** Between two looks at the requests under way. The first look comes late, too: a thread may be choosing just now. */
export const drainLookMs = 10

export class Drains {
  readonly #asked = new Map<string, number>()

  has(containerId: string): boolean {
    return this.#asked.has(containerId)
  }

  begin(containerId: string): void {
    this.#asked.set(containerId, (this.#asked.get(containerId) ?? 0) + 1)
  }

  /** True when nobody else asks for it and the engine has said nothing of it: its members may come back. */
  takeBack(containerId: string): boolean {
    const asked = this.#asked.get(containerId)
    if (asked === undefined) return false
    if (asked > 1) this.#asked.set(containerId, asked - 1)
    else this.#asked.delete(containerId)
    return asked === 1
  }

  /** The engine has spoken of the container. */
  forget(containerId: string): void {
    this.#asked.delete(containerId)
  }
}
