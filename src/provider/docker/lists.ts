// The lists of one connection, one after the other. A large host takes seconds for one: nothing else waits for it, but for the
// first, without which nothing is known.
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineConnection } from './engine.ts'
import type { ListedContainer } from './listed-container.ts'

/** Milliseconds. */
interface ListTiming {
  /** From the end of one to the next. */
  readonly relist: number
  /** Before an empty first one is believed. */
  readonly confirm: number
}

type Outcome = { readonly list: readonly ListedContainer[] } | { readonly error: unknown }

export class Lists {
  readonly #connection: EngineConnection
  readonly #signal: AbortSignal
  readonly #timing: ListTiming
  readonly #onEnd: () => void
  #dueAt = 0
  #taken = 0
  #underway: Promise<void> | undefined
  #outcome: Outcome | undefined

  /** @param onEnd told when there is one to take */
  constructor(connection: EngineConnection, signal: AbortSignal, timing: ListTiming, onEnd: () => void) {
    this.#connection = connection
    this.#signal = signal
    this.#timing = timing
    this.#onEnd = onEnd
  }

  /** One was taken. */
  get any(): boolean {
    return this.#taken > 0
  }

  /** The one taken last is the first. */
  get first(): boolean {
    return this.#taken === 1
  }

  /** One that ended, once. Throws what it failed with. */
  take(): readonly ListedContainer[] | undefined {
    const outcome = this.#outcome
    this.#outcome = undefined
    if (outcome === undefined) return undefined
    if ('error' in outcome) throw outcome.error
    this.#taken++
    return outcome.list
  }

  /**
   * Begins one when it is time; returns the milliseconds until the next.
   * @param known whether there is anything that an empty one would take away
   */
  beginIfDue(known: boolean): number {
    if (this.#underway !== undefined) return Infinity
    const dueIn = this.#dueAt - performance.now()
    if (dueIn > 0) return dueIn
    this.#underway = this.#ask(known && !this.any).then(
      (list) => this.#end({ list }),
      (error: unknown) => this.#end({ error }),
    )
    return Infinity
  }

  /** Resolves when none is under way; after the signal has aborted, that is soon. */
  async ended(): Promise<void> {
    await this.#underway
  }

  async #ask(doubtsEmpty: boolean): Promise<readonly ListedContainer[]> {
    const list = await this.#connection.list(this.#signal)
    if (list.length > 0 || !doubtsEmpty) return list
    await sleep(this.#timing.confirm, undefined, { signal: this.#signal })
    return this.#connection.list(this.#signal)
  }

  #end(outcome: Outcome): void {
    this.#underway = undefined
    this.#outcome = outcome
    this.#dueAt = performance.now() + this.#timing.relist
    this.#onEnd()
  }
}
