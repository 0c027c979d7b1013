// One task waits, others ring.

/** A ring while nobody waits is remembered, once: the next wait returns at once. */
export class Bell {
  #rung = false
  #answer: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#answer?.()
  }

  /** Resolves at the next ring, after `ms` (Infinity: never), or when the signal aborts; never rejects. One waiter at a time. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#answer = wake
      signal.addEventListener('abort', wake)
      const timer = ms === Infinity ? undefined : setTimeout(wake, ms)
      await promise
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      this.#answer = undefined
    }
    this.#rung = false
  }
}
