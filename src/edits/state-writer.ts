// Keeps the state file in step: one write at a time, a burst of edits is one write, and nothing is left out at the end.
import { writeState } from './state-file.ts'
import type { State } from './state-file.ts'

const quietMs = 50

export class StateWriter implements AsyncDisposable {
  readonly path: string
  readonly #warn: (fields: object, message: string) => void
  #next: State | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #works = true

  constructor(path: string, warn: (fields: object, message: string) => void) {
    this.path = path
    this.#warn = warn
  }

  /** The last write succeeded. */
  get works(): boolean {
    return this.#works
  }

  request(state: State): void {
    this.#next = state
    this.#timer ??= setTimeout(() => void this.flush(), quietMs)
  }

  /** Resolves once what was asked for is written, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    await this.#writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
  }

  async #write(): Promise<void> {
    const state = this.#next
    if (state === undefined) return
    this.#next = undefined
    try {
      await writeState(this.path, state)
      this.#works = true
    } catch (error) {
      // Told once: a disk that is full is not told of with every edit.
      if (this.#works) {
        const reason = error instanceof Error ? error.message : String(error)
        const way = 'make the directory writable, or name another file with --api.stateFile'
        this.#warn({ file: this.path, reason }, `the state file cannot be written: edits live in memory only; ${way}`)
      }
      this.#works = false
    }
  }
}
