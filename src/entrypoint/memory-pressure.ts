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

const sampleEveryMs = 250
const collectEverySamples = 8

/** Only there with `--expose-gc`. */
const { gc } = globalThis

export class MemoryPressure implements Disposable {
  readonly #options: PressureOptions
  readonly #timer: NodeJS.Timeout
  #high = false
  /** Samples in a row that were high. */
  #samples = 0

  constructor(options: PressureOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.sample(), sampleEveryMs).unref()
  }

  get high(): boolean {
    return this.#high
  }

  /** Also called by its own timer. */
  sample(): void {
    const { gauge, maxPercent, onChange } = this.#options
    const used = gauge.usedBytes()
    const percent = (used / gauge.limitBytes) * 100
    const high = percent >= (this.#high ? maxPercent - slackPercent : maxPercent)
    // Where requests are turned away little is allocated, and V8 would have no reason to collect.
    if (high && this.#samples % collectEverySamples === 0) gc?.()
    this.#samples = high ? this.#samples + 1 : 0
    if (high === this.#high) return
    this.#high = high
    onChange(high, used)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
