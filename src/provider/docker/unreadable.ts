// The containers whose inspection fails: when to look again, and who was complained of already.

export class Unreadable {
  readonly #retryMs: number
  /** With the first error; what comes after it is more of the same. */
  readonly #errors = new Map<string, unknown>()
  #retryAt = Infinity

  /** @param retryMs from the first failure until all of them are looked at again */
  constructor(retryMs: number) {
    this.#retryMs = retryMs
  }

  get errors(): ReadonlyMap<string, unknown> {
    return this.#errors
  }

  /** Milliseconds; Infinity while there is none. */
  get retryIn(): number {
    return Math.max(0, this.#retryAt - performance.now())
  }

  /** True when it could be read until now. */
  add(id: string, error: unknown): boolean {
    this.#retryAt = Math.min(this.#retryAt, performance.now() + this.#retryMs)
    if (this.#errors.has(id)) return false
    this.#errors.set(id, error)
    return true
  }

  delete(id: string): void {
    this.#errors.delete(id)
  }

  /** They are looked at again now. */
  retried(): void {
    this.#retryAt = Infinity
  }

  clear(): void {
    this.#errors.clear()
    this.retried()
  }
}
