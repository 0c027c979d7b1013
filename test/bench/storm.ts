// Containers that start, a thousand within a second and one beside a thousand: Muster follows an engine and is charged for all
// it does until each of them takes requests. Nobody sends any.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { composed, startFakeEngine } from '../support/fake-engine.ts'
import type { FakeContainer, FakeEngine } from '../support/fake-engine.ts'
import type { Load } from './load.ts'
import type { Started } from './measure.ts'
import type { Program } from './program.ts'
import type { RunningSwaps, Swaps } from './swaps.ts'

export const crowd = 1000
const crowdStartsWithinMs = 1000
/** How often one more is started in a run, and how long it may take to settle. */
const oneMore = 10
const restMs = 200
const patienceMs = 60_000

/** Stands where swaps stand: an engine to follow, whose containers the load makes start. */
export async function openStorm(): Promise<Swaps> {
  // One listener for all members, who have addresses of their own.
  const members = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '0.0.0.0')
  await once(members, 'listening')
  return new Storm(await startFakeEngine(), members)
}

/** Runs are preceded by a warm-up each, which here clears the stage. */
export function startCrowd({ swaps, program }: Started): (seconds: number) => Promise<Load> {
  const storm = stormOf(swaps, program)
  return alternately(
    () => storm.empty(),
    () => storm.start(crowd, crowdStartsWithinMs),
  )
}

export function startOneMore({ swaps, program }: Started): (seconds: number) => Promise<Load> {
  const storm = stormOf(swaps, program)
  return alternately(
    () => storm.start(Math.max(crowd - storm.size, 0), crowdStartsWithinMs),
    async () => {
      const loads: Load[] = []
      for (let turn = 0; turn < oneMore; turn++) {
        await delay(restMs)
        loads.push(await storm.start(1, 0))
      }
      const seconds = loads.reduce((total, load) => total + load.seconds, 0)
      return { ...latencies(loads.map(({ p50Ms }) => p50Ms)), requests: oneMore, seconds, errors: 0 }
    },
  )
}

function alternately(prepare: () => Promise<unknown>, run: () => Promise<Load>): (seconds: number) => Promise<Load> {
  let prepared = false
  return async () => {
    prepared = !prepared
    if (!prepared) return run()
    await prepare()
    return { requests: 0, seconds: 0, errors: 0, p50Ms: 0, p99Ms: 0 }
  }
}

function stormOf(swaps: Swaps | undefined, program: Program): Storm {
  if (!(swaps instanceof Storm)) throw new Error('there is no storm to begin')
  swaps.listenTo(program)
  return swaps
}

class Storm implements Swaps {
  readonly #engine: FakeEngine
  readonly #members: Server
  readonly #ids: string[] = []
  /** Ever started; the names go on. */
  #started = 0
  /** When, by name; those Muster has not reported ready yet. */
  readonly #starting = new Map<string, number>()
  /** Milliseconds from the start to Muster's word that it takes requests. */
  #ready: number[] = []
  #gone = 0

  constructor(engine: FakeEngine, members: Server) {
    this.#engine = engine
    this.#members = members
  }

  get engine(): string {
    return this.#engine.endpoint
  }

  get size(): number {
    return this.#ids.length
  }

  begin(): RunningSwaps {
    return { updatesPerSecond: () => 0, [Symbol.asyncDispose]: () => Promise.resolve() }
  }

  /** Its log says which members take requests. */
  listenTo(program: Program): void {
    let rest = ''
    program.onOutput((text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [, name = '', state] = /member changed service=(storm-\d+)@.* after=(ready|gone)/.exec(line) ?? []
        if (state === 'gone') this.#gone++
        const startedAt = this.#starting.get(name)
        if (state === 'ready' && startedAt !== undefined && this.#starting.delete(name))
          this.#ready.push(performance.now() - startedAt)
      }
    })
  }

  /** Starts containers, evenly over a time, and waits until Muster has all of them in rotation. */
  async start(count: number, withinMs: number): Promise<Load> {
    this.#ready = []
    const start = performance.now()
    for (let turn = 1; turn <= count; turn++) {
      this.#startOne()
      const ahead = start + (turn * withinMs) / count - performance.now()
      if (ahead > 1) await delay(ahead)
    }
    await until(() => this.#ready.length >= count)
    const seconds = (performance.now() - start) / 1000
    return { ...latencies(this.#ready), requests: count, seconds, errors: 0 }
  }

  async empty(): Promise<void> {
    this.#gone = 0
    const ids = this.#ids.splice(0)
    for (const id of ids) this.#engine.remove(id)
    await until(() => this.#gone >= ids.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#members.close()
    await this.#engine[Symbol.asyncDispose]()
  }

  #startOne(): void {
    const name = `storm-${++this.#started}`
    const id = this.#engine.add({ ...this.#container(this.#started, name), running: false })
    this.#starting.set(name, performance.now())
    this.#engine.announce(id)
    this.#engine.start(id)
    this.#ids.push(id)
  }

  /** A service of its own in one of a hundred projects. */
  #container(number: number, name: string): FakeContainer {
    const project = `project-${number % 100}`
    const address = `127.${1 + ((number >> 14) & 63)}.${(number >> 7) & 127}.${(number & 127) + 1}`
    const { port } = this.#members.address() as AddressInfo
    return composed(project, name, 1, {
      exposed: [`${port}/tcp`],
      networks: { [`${project}_default`]: address },
      networkMode: `${project}_default`,
      labels: {
        'traefik.enable': 'true',
        [`traefik.http.routers.${name}.rule`]: `Host(\`${name}.example.com\`) && PathPrefix(\`/api\`)`,
        [`traefik.http.routers.${name}.middlewares`]: `${name}-strip`,
        [`traefik.http.middlewares.${name}-strip.stripprefix.prefixes`]: '/api',
        [`traefik.http.services.${name}.loadbalancer.server.port`]: String(port),
      },
    })
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not settled within ${patienceMs / 1000} s`)
    await delay(5)
  }
}

function latencies(values: readonly number[]): Pick<Load, 'p50Ms' | 'p99Ms'> {
  const sorted = values.toSorted((a, b) => a - b)
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN)
  return { p50Ms: p50Ms ?? Number.NaN, p99Ms: p99Ms ?? Number.NaN }
}
