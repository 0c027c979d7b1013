// The data plane as N threads on the same ports: the kernel spreads connections over them, and no request crosses from
// one to another.
import { reservePorts } from '../entrypoint/reserve-ports.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { MetricsShare } from '../observability/metrics.ts'
import type { DataPlane, DataPlaneOptions, MemberOrder, Publication } from './data-plane.ts'
import type { FromThread, ThreadStart } from './messages.ts'
import { Thread } from './thread.ts'
import { createWhatsNew } from './whats-new.ts'

export interface ThreadPoolOptions extends Pick<
  DataPlaneOptions,
  'settings' | 'secret' | 'internalServices' | 'ask' | 'report'
> {
  readonly ledger: Ledger
}

/** Rejects with an EntrypointError when a port cannot be had. */
export async function startThreadPool(options: ThreadPoolOptions): Promise<DataPlane<Publication>> {
  const ports = await reservePorts(options.settings.entryPoints)
  await using stack = new AsyncDisposableStack()
  const pool = stack.use(new ThreadPool(options, ports))
  await pool.start()
  stack.move()
  return pool
}

class ThreadPool implements DataPlane<Publication> {
  readonly ports: ReadonlyMap<string, number>
  readonly #options: ThreadPoolOptions
  readonly #threads: readonly Thread[]
  /** Those who live have all been told the same: a new one begins with the latest. */
  readonly #whatsNew: ReturnType<typeof createWhatsNew>
  #latest: Publication | undefined

  constructor(options: ThreadPoolOptions, ports: ReadonlyMap<string, number>) {
    this.ports = ports
    this.#options = options
    this.#whatsNew = createWhatsNew(options.ledger)
    const owner = {
      start: (column: number) => this.#startOf(column),
      onMessage: (message: FromThread, thread: Thread) => this.#onMessage(message, thread),
      onDeath: (column: number, cause: unknown, delayMs: number) => this.#onDeath(column, cause, delayMs),
    }
    this.#threads = Array.from({ length: options.settings.threads }, (_, column) => new Thread(column, owner))
  }

  async start(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.start()))
  }

  async publish(publication: Publication): Promise<void> {
    this.#latest = publication
    const news = this.#whatsNew(publication)
    await Promise.all(this.#threads.map((thread) => thread.publish(news)))
  }

  order(memberKey: string, order: MemberOrder): void {
    for (const thread of this.#threads) thread.tell({ kind: 'order', memberKey, order })
  }

  async metrics(): Promise<readonly MetricsShare[]> {
    const shares = await Promise.all(this.#threads.map((thread) => thread.metrics()))
    return shares.flat()
  }

  async stopAccepting(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stopAccepting()))
  }

  async drain(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.drain()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()))
  }

  #startOf(column: number): ThreadStart {
    const { settings, secret, internalServices, ledger } = this.#options
    const first = this.#latest && createWhatsNew(ledger)(this.#latest)
    return { settings, column, ports: this.ports, secret, internalServices, first }
  }

  #onMessage(message: FromThread, thread: Thread): void {
    const { report } = this.#options
    switch (message.kind) {
      case 'ask':
        void this.#answer(message, thread)
        break
      case 'access':
        for (const line of message.lines) report.access(line)
        break
      case 'member':
        report.member(message.news)
        break
      case 'notice':
        report.notice(message.fields, message.message)
        break
      case 'error':
        report.error(message.error, message.fields, message.message)
        break
      // Between a thread and its successor nobody else need know.
      case 'listening':
      case 'published':
      case 'measured':
      case 'not-accepting':
      case 'drained':
        break
    }
  }

  async #answer({ id, service, request }: Extract<FromThread, { kind: 'ask' }>, thread: Thread): Promise<void> {
    const { ask, report } = this.#options
    try {
      thread.tell({ kind: 'answer', id, answer: await ask(service, request) })
    } catch (error) {
      report.error(error, { service }, 'a service of Muster failed')
      thread.tell({ kind: 'answer', id, answer: { status: 500, body: '', fields: [] } })
    }
  }

  #onDeath(column: number, cause: unknown, delayMs: number): void {
    const { ledger, report } = this.#options
    ledger.forgetInFlight(column)
    const message = 'a data-plane thread died: its connections are lost, and another takes its place'
    report.error(cause, { thread: column, delayMs }, message)
  }
}
