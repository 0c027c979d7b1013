// One engine's containers, kept in step: subscribe, then list, then inspect; from there on one container at a time, as
// events tell. The subscription comes first so that nothing can happen between the list and the first event.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cause } from '../../model/declaration.ts'
import type { ProviderReport } from '../provider.ts'
import { Bell } from './bell.ts'
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'
import type { DockerEngine } from './engine.ts'
import { Mirror } from './mirror.ts'
import { newsOf } from './news.ts'

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
}

/** Inspections under way at once. */
const inspectionsMax = 8

/** Outlives connections: what was seen over the last one is the last good state. */
export class Watch {
  readonly #engine: DockerEngine
  readonly #timing: WatchTiming
  readonly #report: WatchReport
  readonly #mirror = new Mirror()
  readonly #bell = new Bell()
  /** Containers whose inspection fails, so that each is complained of once. */
  readonly #unreadable = new Set<string>()
  /** The events since the mirror was last in step: the one that counts, and how many. */
  #news: { readonly latest: EngineEvent; readonly count: number } | undefined
  /** Every container was looked at once. Before that, publishing would say that the others do not exist. */
  #complete = false

  constructor(engine: DockerEngine, timing: WatchTiming, report: WatchReport) {
    this.#engine = engine
    this.#timing = timing
    this.#report = report
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
      const batches = await this.#engine.events(signal)
      tasks.push(this.#follow(batches), this.#keepInStep(signal, onListed))
      return await Promise.race(tasks)
    } catch (error) {
      return error
    } finally {
      over.abort()
      await Promise.allSettled(tasks)
    }
  }

  /** Takes in events as they come. What they take away is published here and now, without waiting for an inspection. */
  async #follow(batches: AsyncIterable<readonly EngineEvent[]>): Promise<void> {
    for await (const batch of batches) {
      let lessened = false
      for (const event of batch) {
        const container = this.#mirror.get(event.containerId)
        const news = newsOf(event, container)
        if (news !== undefined) this.#report.observe(news)
        // A signal changes nothing that is declared; what comes of it does.
        if (event.kind !== 'kill') this.#remember(event)
        lessened = this.#mirror.apply(event) || lessened
      }
      if (lessened) this.#publish()
      this.#bell.ring()
    }
  }

  async #keepInStep(signal: AbortSignal, onListed: () => void): Promise<never> {
    let first = true
    let listAt = 0
    for (;;) {
      const listing = first || performance.now() >= listAt
      const changed = listing && (await this.#list(first, signal))
      if (listing) listAt = performance.now() + this.#timing.relist
      const allRead = await this.#inspectStale(changed, signal)
      if (first) onListed()
      first = false
      const untilListMs = Math.max(0, listAt - performance.now())
      await this.#bell.wait(allRead ? untilListMs : Math.min(untilListMs, this.#timing.retry), signal)
      signal.throwIfAborted()
    }
  }

  async #list(first: boolean, signal: AbortSignal): Promise<boolean> {
    let ids = await this.#engine.containerIds(signal)
    if (ids.length === 0 && first && this.#mirror.containers.length > 0) {
      await sleep(this.#timing.confirm, undefined, { signal })
      ids = await this.#engine.containerIds(signal)
    }
    return this.#mirror.listed(ids)
  }

  /** Looks at every container there is news of until there is none; false when some could not be read. */
  async #inspectStale(changedBefore: boolean, signal: AbortSignal): Promise<boolean> {
    let changed = changedBefore || !this.#complete
    const failed = new Map<string, unknown>()
    do {
      const ids = this.#mirror.takeStale()
      await eachOf(ids, async (id) => {
        try {
          const found = await this.#engine.inspect(id, signal)
          changed = this.#mirror.inspected(id, found) || changed
          this.#unreadable.delete(id)
        } catch (error) {
          signal.throwIfAborted()
          failed.set(id, error)
        }
      })
      // An engine that lists containers and describes none of them cannot be spoken for yet.
      const [failure] = failed.values()
      if (!this.#complete && failure !== undefined && failed.size === ids.length) throw failure
      this.#complete = true
      if (changed) this.#publish()
      changed = false
    } while (this.#mirror.stale)
    this.#news = undefined
    for (const [id, error] of failed) this.#retryLater(id, error)
    return failed.size === 0
  }

  #retryLater(id: string, error: unknown): void {
    this.#mirror.retry(id)
    if (this.#unreadable.has(id)) return
    this.#unreadable.add(id)
    const container = this.#mirror.get(id)?.name ?? id.slice(0, 12)
    const what = `container "${container}" cannot be inspected; what was last known of it stands`
    this.#report.log.warn({ provider: 'docker', container, err: error }, what)
  }

  // The latest, but what a network says around it only repeats a start or a death.
  #remember(event: EngineEvent): void {
    const before = this.#news
    const ofNetwork = event.kind === 'connect' || event.kind === 'disconnect'
    this.#news = { latest: (ofNetwork && before?.latest) || event, count: (before?.count ?? 0) + 1 }
  }

  #publish(): void {
    if (!this.#complete) return
    this.#report.publish(this.#mirror.containers, this.#cause())
  }

  #cause(): Cause {
    if (this.#news === undefined) return { what: 'list', at: Date.now() }
    const { latest, count } = this.#news
    const what = `${latest.kind} ${this.#nameOf(latest)}`
    return { what: count === 1 ? what : `${what} and ${count - 1} more`, at: latest.at }
  }

  #nameOf(event: EngineEvent): string {
    const known = this.#mirror.get(event.containerId)?.name
    return known ?? ('name' in event ? event.name : event.containerId.slice(0, 12))
  }
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const workers = Array.from({ length: inspectionsMax }, async () => {
    for (const item of queue) await work(item)
  })
  await Promise.all(workers)
}
