// Coalesces a burst: runs once after `quietMs` without another request, and at the latest `ceilingMs` after the first.

export class Debounce {
  readonly #run: () => void
  readonly #quietMs: number
  readonly #ceilingMs: number
  #quiet: NodeJS.Timeout | undefined
  #ceiling: NodeJS.Timeout | undefined

  constructor(run: () => void, options: { quietMs: number; ceilingMs: number }) {
    this.#run = run
    this.#quietMs = options.quietMs
    this.#ceilingMs = options.ceilingMs
  }

  request(): void {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => this.flush(), this.#quietMs)
    this.#ceiling ??= setTimeout(() => this.flush(), this.#ceilingMs)
  }

  /** Runs now what was asked for; does nothing when nothing was. */
  flush(): void {
    if (this.#ceiling === undefined) return
    this.cancel()
    this.#run()
  }

  /** What was asked for has become needless. */
  cancel(): void {
    clearTimeout(this.#quiet)
    clearTimeout(this.#ceiling)
    this.#quiet = undefined
    this.#ceiling = undefined
  }

  [Symbol.dispose](): void {
    this.cancel()
  }
}
