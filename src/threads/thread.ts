// One data-plane thread as the control thread sees it. A thread that dies is replaced in the same column of the ledger;
// its connections are all that is lost.
import { Worker } from 'node:worker_threads'
import type { MetricsShare } from '../observability/metrics.ts'
import type { ThreadPublication } from './data-plane.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'

export interface ThreadOwner {
  /** What a new thread begins with. */
  start(column: number): ThreadStart
  onMessage(message: FromThread, thread: Thread): void
  /** It died; another takes its place after `delayMs`. */
  onDeath(column: number, cause: unknown, delayMs: number): void
}

/** A thread that dies young dies of something its successor meets as well: each waits twice as long as the one before. */
const youngMs = 10_000
const delayFirstMs = 100
const delayMaxMs = 5000

const program = new URL('thread-main.ts', import.meta.url)

export class Thread {
  readonly column: number
  readonly #owner: ThreadOwner
  #worker: Worker | undefined
  #again: NodeJS.Timeout | undefined
  #delayMs = 0
  /** Those who wait for a version to be served, in the order of the versions. */
  #waiting: { version: number; done: () => void }[] = []
  /** Those who wait for what it has counted; it answers in turn. */
  #measuring: ((shares: readonly MetricsShare[]) => void)[] = []
  #notAccepting = Promise.withResolvers<void>()
  #drained = Promise.withResolvers<void>()
  #stopping = false

  constructor(column: number, owner: ThreadOwner) {
    this.column = column
    this.#owner = owner
  }

  /** Resolves once it listens; rejects with what it died of before. */
  async start(): Promise<void> {
    const workerData = this.#owner.start(this.column)
    const worker = new Worker(program, { workerData, name: `data-plane-${this.column}` })
    const bornAt = performance.now()
    const listening = Promise.withResolvers<void>()
    this.#notAccepting = Promise.withResolvers<void>()
    this.#drained = Promise.withResolvers<void>()
    let hasListened = false
    let cause: unknown
    this.#worker = worker
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'listening') {
        hasListened = true
        listening.resolve()
      } else this.#receive(message)
    })
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      this.#worker = undefined
      this.#releaseAll()
      listening.reject(cause ?? new Error('the thread ended before it listened'))
      if (hasListened && !this.#stopping) this.#replace(cause, performance.now() - bornAt)
    })
    await listening.promise
  }

  tell(message: ToThread): void {
    this.#worker?.postMessage(message)
  }

  /** Resolves once the thread serves it; a dead one counts, since its successor begins with the latest. */
  async publish(publication: ThreadPublication): Promise<void> {
    if (this.#worker === undefined) return
    this.tell({ kind: 'publish', publication })
    await new Promise<void>((done) => this.#waiting.push({ version: publication.version, done }))
  }

  /** What it has counted; nothing when it is dead. */
  async metrics(): Promise<readonly MetricsShare[]> {
    if (this.#worker === undefined) return []
    this.tell({ kind: 'measure' })
    return new Promise((resolve) => this.#measuring.push(resolve))
  }

  async stopAccepting(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#again)
    if (this.#worker === undefined) return
    this.tell({ kind: 'stop-accepting' })
    await this.#notAccepting.promise
  }

  async drain(): Promise<void> {
    if (this.#worker === undefined) return
    this.tell({ kind: 'drain' })
    await this.#drained.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#again)
    // A thread that is terminated while it starts may keep a port open, and with it the process.
    this.#worker?.unref()
    await this.#worker?.terminate()
  }

  #receive(message: FromThread): void {
    if (message.kind === 'not-accepting') this.#notAccepting.resolve()
    else if (message.kind === 'drained') this.#drained.resolve()
    else if (message.kind === 'published') this.#release(message.version)
    else if (message.kind === 'measured') this.#measuring.shift()?.(message.shares)
    else this.#owner.onMessage(message, this)
  }

  #release(version: number): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].version <= version) this.#waiting.shift()?.done()
  }

  #releaseAll(): void {
    this.#release(Number.POSITIVE_INFINITY)
    for (const done of this.#measuring.splice(0)) done([])
    this.#notAccepting.resolve()
    this.#drained.resolve()
  }

  #replace(cause: unknown, livedMs: number): void {
    this.#delayMs = livedMs > youngMs ? 0 : Math.min(Math.max(this.#delayMs * 2, delayFirstMs), delayMaxMs)
    const delayMs = this.#delayMs
    this.#owner.onDeath(this.column, cause, delayMs)
    this.#again = setTimeout(() => {
      this.start().catch((error: unknown) => this.#replace(error, 0))
    }, delayMs)
  }
}
