// Everything that goes on at the same time: lanes that act again and again, all of which can be halted for a measurement.
import { setTimeout as delay } from 'node:timers/promises'
import { Dice } from './dice.ts'

export interface LaneOptions {
  readonly lanes: number
  /** Between two acts, at random from the one to the other. */
  readonly pauseMs: readonly [least: number, most: number]
  /** Before the first act; by default one pause. */
  readonly firstMs?: number
}

export type Act = (dice: Dice) => Promise<void>

export class Lanes {
  readonly #seed: number
  readonly #onError: (lane: string, error: unknown) => void
  readonly #stop = new AbortController()
  readonly #running: Promise<void>[] = []
  readonly #underWay = new Map<string, number>()
  #gate: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>()
  #onQuiet: () => void = () => undefined

  /** Halted until `resume`. `onError` hears of acts that reject, which is always a fault of the soak's own. */
  constructor(seed: number, onError: (lane: string, error: unknown) => void) {
    this.#seed = seed
    this.#onError = onError
  }

  add(name: string, options: LaneOptions, act: Act): void {
    for (let i = 0; i < options.lanes; i++) this.#running.push(this.#run(`${name} ${i}`, options, act))
  }

  /** Resolves when every act has come to its end. */
  async halt(): Promise<void> {
    this.#gate ??= Promise.withResolvers<void>()
    while (this.#underWay.size > 0) await new Promise<void>((resolve) => (this.#onQuiet = resolve))
  }

  resume(): void {
    this.#gate?.resolve()
    this.#gate = undefined
  }

  /** Names of the lanes that act now. */
  get underWay(): readonly string[] {
    return [...this.#underWay.keys()]
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.resume()
    await Promise.all(this.#running)
  }

  async #run(name: string, { pauseMs, firstMs }: LaneOptions, act: Act): Promise<void> {
    const { signal } = this.#stop
    const dice = new Dice(this.#seed, name)
    for (let first = true; !signal.aborted; first = false) {
      await this.#gate?.promise
      const ms = first && firstMs !== undefined ? firstMs : dice.whole(...pauseMs)
      await delay(ms, undefined, { signal }).catch(() => undefined)
      if (this.#gate !== undefined || signal.aborted) continue
      this.#underWay.set(name, performance.now())
      await act(dice).catch((error: unknown) => this.#onError(name, error))
      this.#underWay.delete(name)
      if (this.#underWay.size === 0) this.#onQuiet()
    }
  }
}
