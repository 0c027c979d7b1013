// The lag of each thread's event loop between two marks, as the probe in Muster measures it.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SetupError } from '../../../compose/setup/run.ts'

export interface Lag {
  /** 0 is the control thread. */
  readonly thread: number
  readonly p99Ms: number
  readonly worstMs: number
  /** Without waiting for a processor, which is because of what else this machine does. */
  readonly ownP99Ms: number
  readonly ownWorstMs: number
  /** How often it looked. */
  readonly looks: number
}

const patienceMs = 10_000

export class Lags implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'muster-lags-'))
  readonly #threads: number
  #marks = 0

  /** @param threads of Muster, with its control thread */
  constructor(threads: number) {
    this.#threads = threads
  }

  /** What node is given to have the probe in it. */
  get nodeArguments(): readonly string[] {
    return ['--import', join(import.meta.dirname, 'lag-probe.ts')]
  }

  get env(): Readonly<Record<string, string>> {
    return { LAG_DIRECTORY: this.#directory }
  }

  /** Of every thread since the last mark, or its start. */
  async mark(pid: number): Promise<readonly Lag[]> {
    const prefix = `${++this.#marks}-`
    process.kill(pid, 'SIGUSR2')
    const deadline = performance.now() + patienceMs
    for (;;) {
      const names = (await readdir(this.#directory)).filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
      if (names.length >= this.#threads) return this.#read(names)
      if (performance.now() > deadline) throw new SetupError('not every thread of Muster told its lag')
      await delay(10)
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true })
  }

  async #read(names: readonly string[]): Promise<readonly Lag[]> {
    const texts = await Promise.all(names.map((name) => readFile(join(this.#directory, name), 'utf8')))
    return texts.map((text) => JSON.parse(text) as Lag).sort((a, b) => a.thread - b.thread)
  }
}
