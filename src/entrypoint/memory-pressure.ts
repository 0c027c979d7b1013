// Whether new requests must wait outside: the kernel ends a process at its container's limit, and all requests with it.
import type { MemoryGauge } from './memory-gauge.ts'

export interface PressureOptions {
  readonly gauge: MemoryGauge
  /** Share of the gauge's limit, in per cent. */
  readonly maxPercent: number
  readonly onChange: (high: boolean, usedBytes: number) => void
}

/** It ends this many points below where it began, so that it does not come and go with every request. */
const slackPercent = 3

const farEveryMs = 250
/** Near the limit: a burst of slow readers takes 100 MB and more in a second. */
const nearEveryMs = 20
const nearPercent = 30
const collectEverySamples = 100

/** Only there with `--expose-gc`. */
const { gc } = globalThis

export class MemoryPressure implements Disposable {
  readonly #options: PressureOptions
  #timer: NodeJS.Timeout
  #high = false
  /** Samples in a row that were high. */
  #samples = 0

  constructor(options: PressureOptions) {
    this.#options = options
    this.#timer = this.#later(farEveryMs)
  }

  get high(): boolean {
    return this.#high
  }

  /** Also called by its own timer. Returns the per cent in use. */
  sample(): number {
    const { gauge, maxPercent, onChange } = this.#options
    const used = gauge.usedBytes()
    const percent = (used / gauge.limitBytes) * 100
    const high = percent >= (this.#high ? maxPercent - slackPercent : maxPercent)
    // Where requests are turned away little is allocated, and V8 would have no reason to collect.
    if (high && this.#samples % collectEverySamples === 0) gc?.()
    this.#samples = high ? this.#samples + 1 : 0
    if (high !== this.#high) {
      this.#high = high
      onChange(high, used)
    }
    return percent
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const percent = this.sample()
      this.#timer = this.#later(percent > this.#options.maxPercent - nearPercent ? nearEveryMs : farEveryMs)
    }, ms).unref()
  }
}
