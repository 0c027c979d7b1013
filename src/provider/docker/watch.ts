// One engine's containers, kept in step: subscribe, then list, then inspect; from there on one container at a time, as
// events tell. The subscription comes first so that nothing can happen between the list and the first event.
import type { Cause } from '../../model/declaration.ts'
import type { ProviderReport } from '../provider.ts'
import { Bell } from './bell.ts'
import type { Container } from './container.ts'
import type { DockerEngine, EngineConnection } from './engine.ts'
import type { EngineEvent } from './engine-event.ts'
import type { Change } from './event-effect.ts'
import { Heartbeat } from './heartbeat.ts'
import { Inspections } from './inspections.ts'
import type { ListedContainer } from './listed-container.ts'
import { Lists } from './lists.ts'
import { Mirror } from './mirror.ts'
import { newsOf } from './news.ts'
import { Publishing } from './publishing.ts'
import { Unreadable } from './unreadable.ts'

export interface WatchReport extends Pick<ProviderReport, 'observe' | 'log'> {
  publish(containers: readonly Container[], cause: Cause): void
}

/** Milliseconds. */
export interface WatchTiming {
  /** Between two lists while all is well: heals what a stalled stream or a slow reader missed. */
  readonly relist: number
  /** Before a container that could not be inspected is looked at again. */
  readonly retry: number
  /** Before an empty list is believed that an engine gives right after its return: it may still be loading. */
  readonly confirm: number
  /** Without an event, before the engine is asked whether it is there; and for events to tell what a list did. */
  readonly quiet: number
}

/** Outlives connections: what was seen over the last one is the last good state. */
export class Watch {
  readonly #engine: DockerEngine
  readonly #timing: WatchTiming
  readonly #report: WatchReport
  readonly #mirror = new Mirror()
  readonly #bell = new Bell()
  readonly #publishing = new Publishing()
  readonly #unreadable: Unreadable
  /** Every container was looked at once. Before that, publishing would say that the others do not exist. */
  #complete = false

  constructor(engine: DockerEngine, timing: WatchTiming, report: WatchReport) {
    this.#engine = engine
    this.#timing = timing
    this.#report = report
    this.#unreadable = new Unreadable(timing.retry)
  }

  /**
   * Watches over one connection. Settles with the reason when the engine is lost or the signal aborts; by then nothing
   * is under way any more.
   * @param onListed called once, when the mirror is in step with this connection's first list
   */
  async untilLost(outer: AbortSignal, onListed: () => void): Promise<unknown> {
    const over = new AbortController()
    const signal = AbortSignal.any([outer, over.signal])
    const tasks: Promise<unknown>[] = []
    try {
      using connection = await this.#engine.connect(signal)
      try {
        const batches = await connection.events(signal)
        const heartbeat = new Heartbeat()
        tasks.push(
          this.#follow(batches, heartbeat),
          this.#keepInStep(connection, signal, { onListed, onMissed: () => heartbeat.missed() }),
          heartbeat.untilStalled(connection, this.#engine.endpoint, this.#timing.quiet, signal),
        )
        return await Promise.race(tasks)
      } finally {
        over.abort()
        await Promise.allSettled(tasks)
      }
    } catch (error) {
      return error
    }
  }

  /** Takes in events as they come. What they take away is published here and now, without waiting for an inspection. */
  async #follow(batches: AsyncIterable<readonly EngineEvent[]>, heartbeat: Heartbeat): Promise<void> {
    for await (const batch of batches) {
      heartbeat.heard()
      let lessened = false
      for (const event of batch) {
        const container = this.#mirror.get(event.containerId)
        const news = newsOf(event, container)
        if (news !== undefined) this.#report.observe(news)
        // A signal changes nothing that is declared; what comes of it does.
        if (event.kind !== 'kill') this.#publishing.remember(event)
        const change = this.#mirror.apply(event)
        this.#note(change)
        lessened ||= change === 'less'
      }
      if (lessened) this.#publish()
      this.#bell.ring()
    }
  }

  async #keepInStep(
    connection: EngineConnection,
    signal: AbortSignal,
    { onListed, onMissed }: { readonly onListed: () => void; readonly onMissed: () => void },
  ): Promise<never> {
    const inspections = new Inspections(this.#mirror, connection, signal, {
      settled: (id, outcome) => {
        if (typeof outcome === 'string') this.#read(id, outcome)
        else this.#failed(id, outcome.error)
        this.#bell.ring()
      },
    })
    const lists = new Lists(connection, signal, this.#timing, () => this.#bell.ring())
    try {
      this.#retryFailed()
      let first = true
      for (;;) {
        signal.throwIfAborted()
        const list = lists.take()
        if (list !== undefined && this.#takeIn(list) && !lists.first) onMissed()
        if (this.#unreadable.retryIn === 0) this.#retryFailed()
        inspections.begin()
        const publishIn = lists.any ? this.#publishIfDue() : Infinity
        if (first && lists.any && this.#mirror.inStep) {
          first = false
          onListed()
        }
        const listIn = lists.beginIfDue(this.#mirror.size > 0)
        const pause = Math.min(listIn, this.#unreadable.retryIn, publishIn)
        await this.#bell.wait(Math.max(0, pause), signal)
      }
    } finally {
      await Promise.all([inspections.ended(), lists.ended()])
    }
  }

  /** True when it has something that was not known. */
  #takeIn(list: readonly ListedContainer[]): boolean {
    const wasInStep = this.#mirror.inStep
    // Nobody told of their end: what is in flight to them must not wait for it either.
    for (const { id, name } of this.#mirror.endedBy(list))
      this.#report.observe({ containerId: id, name, kind: 'die', at: Date.now() })
    const change = this.#mirror.listed(list)
    this.#note(change)
    return change !== 'none' || (wasInStep && !this.#mirror.inStep)
  }

  #note(change: Change): void {
    if (change !== 'none') this.#publishing.changed()
  }

  #read(id: string, change: Change): void {
    this.#unreadable.delete(id)
    this.#note(change)
  }

  #failed(id: string, error: unknown): void {
    const news = this.#unreadable.add(id, error)
    if (news && this.#complete) this.#complain(id, error)
  }

  #retryFailed(): void {
    this.#mirror.retryFailed()
    this.#unreadable.retried()
  }

  #complain(id: string, error: unknown): void {
    const container = this.#mirror.get(id)?.name ?? id.slice(0, 12)
    const what = `container "${container}" cannot be inspected; what was last known of it stands`
    this.#report.log.warn({ provider: 'docker', container, err: error }, what)
  }

  /** Milliseconds until something is due. */
  #publishIfDue(): number {
    const { inStep, size } = this.#mirror
    if (inStep && !this.#complete) this.#becomeComplete()
    const dueIn = this.#complete ? this.#publishing.dueIn(inStep, size) : Infinity
    if (dueIn === 0) this.#publish()
    if (inStep) this.#publishing.settle()
    return dueIn === 0 ? Infinity : dueIn
  }

  #becomeComplete(): void {
    const { errors } = this.#unreadable
    const [failure] = errors.values()
    if (failure !== undefined && this.#mirror.size === 0) {
      this.#unreadable.clear()
      // An engine that lists containers and describes none of them cannot be spoken for yet.
      throw failure
    }
    this.#complete = true
    this.#publishing.changed()
    for (const [id, error] of errors) this.#complain(id, error)
  }

  #publish(): void {
    if (!this.#complete) return
    this.#report.publish(
      this.#mirror.containers,
      this.#publishing.cause((event) => this.#nameOf(event)),
    )
    this.#publishing.published()
  }

  #nameOf(event: EngineEvent): string {
    const known = this.#mirror.get(event.containerId)?.name
    return known ?? ('name' in event ? event.name : event.containerId.slice(0, 12))
  }
}
