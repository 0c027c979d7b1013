// Those who wait for a connection to a member that has as many as it may: served in the order they came.

interface Waiting<T> {
  readonly serve: (value: T) => void
  readonly refuse: (error: Error) => void
  readonly timer: NodeJS.Timeout | undefined
}

export class WaitingLine<T> {
  /** In the order they came, as every Map is. */
  readonly #waiting = new Map<object, Waiting<T>>()

  get length(): number {
    return this.#waiting.size
  }

  /** Resolves with what the place is served with. Rejects with what `late` makes after `timeoutMs`; 0: never. */
  join(who: object, timeoutMs: number, late: () => Error): Promise<T> {
    const { promise, resolve: serve, reject: refuse } = Promise.withResolvers<T>()
    const expire = (): void => {
      this.#waiting.delete(who)
      refuse(late())
    }
    this.#waiting.set(who, { serve, refuse, timer: timeoutMs === 0 ? undefined : setTimeout(expire, timeoutMs) })
    return promise
  }

  /** False: nobody waits. */
  serveNext(value: T): boolean {
    for (const [who, waiting] of this.#waiting) {
      this.#take(who, waiting)
      waiting.serve(value)
      return true
    }
    return false
  }

  /** Takes its place away, for the reason given. It may have none. */
  leave(who: object, reason: Error): void {
    const waiting = this.#waiting.get(who)
    if (waiting === undefined) return
    this.#take(who, waiting)
    waiting.refuse(reason)
  }

  refuseAll(reason: Error): void {
    for (const who of this.#waiting.keys()) this.leave(who, reason)
  }

  #take(who: object, waiting: Waiting<T>): void {
    clearTimeout(waiting.timer)
    this.#waiting.delete(who)
  }
}
