// One stage with a proxy before it: what happens on it happens under load, and each happening becomes rows of the table.
import { setTimeout as delay } from 'node:timers/promises'
import { account } from './account.ts'
import type { Judged, Place } from './account.ts'
import { Books, percentile } from './books.ts'
import type { FailureKind } from './books.ts'
import { Departures } from './departures.ts'
import { Load } from './load.ts'
import { hasServed, takeNotes, timesListening } from './notes.ts'
import type { Notes } from './notes.ts'
import type { Proxy, RunningProxy, Task } from './proxies/proxy.ts'
import type { App, Manner, Stage } from './stage.ts'

/** What may fail: nothing, what was inside a member that left, or of that only what nobody may repeat. */
export type Bar = 'nothing' | 'what was inside' | 'what was inside and may not be repeated'

export interface Row {
  readonly on: string
  readonly what: string
  readonly manner: App
  readonly requests: number
  readonly failed: Readonly<Record<FailureKind, number>>
  readonly places: Readonly<Record<Place, number>>
  readonly idempotentFailed: number
  readonly twice: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly worstMs: number
  readonly bar: Bar
  readonly p99Max: number | undefined
  readonly worstMax: number | undefined
  readonly failures: readonly Judged[]
}

export interface Happening {
  readonly what: string
  readonly bar: (manner: App) => Bar
  /** Of the worst latency, milliseconds. */
  readonly worstMax?: number
  /** Of the latency that one request in a hundred exceeds, milliseconds. */
  readonly p99Max?: number
  /** Requests; undefined: as the load has it. */
  readonly perSecond?: number
  /** Its members come and go for good, so that it shows how soon a proxy follows. */
  readonly timed?: boolean
  readonly work: () => Promise<void>
}

/** Milliseconds, one each time. */
export interface Times {
  readonly killToLast: number[]
  readonly listeningToFirst: number[]
  /** From the first answer of an engine that was away until Muster has its containers again. */
  readonly answerToList: number[]
}

const answersWithinMs = 30_000
/** A proxy that does not notice new members goes on without them. */
const servesWithinMs = 5000
/** For what members still write. */
const settleMs = 200
let loads = 0

export class Scene implements AsyncDisposable {
  readonly stage: Stage
  readonly proxy: RunningProxy
  readonly departures: Departures
  readonly times: Times = { killToLast: [], listeningToFirst: [], answerToList: [] }

  private constructor(stage: Stage, proxy: RunningProxy, departures: Departures) {
    this.stage = stage
    this.proxy = proxy
    this.departures = departures
  }

  static async open(proxy: Proxy, task: Task): Promise<Scene> {
    const { stage } = task
    return new Scene(stage, await proxy.start(task), new Departures(stage))
  }

  /** Resolves when each service has answered once. */
  async ready(manners: readonly Manner[], replicas: number): Promise<void> {
    await this.stage.up(manners, replicas)
    const deadline = performance.now() + answersWithinMs
    for (const manner of manners) {
      while (!(await this.#answers(manner)) && performance.now() < deadline) await delay(100)
    }
  }

  /** Waits until each running member has been asked something, as whoever scales by hand would look; not for ever. */
  async untilServing(manners: readonly Manner[]): Promise<void> {
    const deadline = performance.now() + servesWithinMs
    const running = (await Promise.all(manners.map((manner) => this.stage.members(manner)))).flat()
    while (performance.now() < deadline) {
      const serving = await Promise.all(running.map((member) => hasServed(this.stage.notes, member)))
      if (serving.every(Boolean)) return
      await delay(50)
    }
  }

  /** Starts members again and waits until each listens; not for ever. */
  async startAgain(members: readonly string[]): Promise<void> {
    const { notes } = this.stage
    const before = await Promise.all(members.map((member) => timesListening(notes, member)))
    await this.stage.docker('start', ...members)
    const deadline = performance.now() + servesWithinMs
    while (performance.now() < deadline) {
      const by = await Promise.all(members.map((member) => timesListening(notes, member)))
      if (by.every((times, index) => times > (before[index] ?? 0))) return
      await delay(50)
    }
  }

  async under(manners: readonly App[], happening: Happening): Promise<readonly Row[]> {
    const { what, work, bar, worstMax, p99Max, timed, perSecond } = happening
    await takeNotes(this.stage.notes)
    this.departures.clear()
    const books = new Map(manners.map((manner) => [manner, new Books()]))
    {
      await using stack = new AsyncDisposableStack()
      for (const [manner, of] of books) {
        const asked = { port: this.proxy.port, path: `/${manner}`, prefix: `${++loads}`, perSecond }
        stack.use(new Load({ ...asked, books: of }))
      }
      await work()
    }
    await delay(settleMs)
    const notes = await takeNotes(this.stage.notes)
    if (timed && manners.includes('graceful')) this.#addTimes(notes)
    return [...books].map(([manner, of]) => {
      const { judged, counts, idempotentFailed, twice } = account(of, notes, this.departures.all)
      const { requests, failed, latencies } = of
      const times = {
        medianMs: percentile(latencies, 0.5),
        p99Ms: percentile(latencies, 0.99),
        worstMs: percentile(latencies, 1),
      }
      const found = { requests, failed, places: counts, idempotentFailed, twice, ...times, failures: judged }
      return { on: this.stage.compose, what, manner, ...found, bar: bar(manner), p99Max, worstMax }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]()
    await this.departures[Symbol.asyncDispose]()
  }

  async #answers(manner: Manner): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.proxy.port}/${manner}`, {
        signal: AbortSignal.timeout(20_000),
      })
      await answer.arrayBuffer()
      return answer.status === 200
    } catch {
      return false
    }
  }

  /** Members that go on answering show what still came after the engine had told of their end, through any thread. */
  #addTimes({ members }: Notes): void {
    for (const [member, { listening, arrivals }] of members) {
      const killed = this.departures.kills.get(member)
      const [first, last] = [arrivals[0], arrivals.at(-1)]
      if (killed !== undefined && last !== undefined) this.times.killToLast.push(Math.max(last - killed, 0))
      if (listening !== undefined && first !== undefined) this.times.listeningToFirst.push(first - listening)
    }
  }
}
