// One part of the benchmark: its contestants are started, loaded in turn round after round, and stopped.
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { cpuUs, memoryBytes } from './accounting.ts'
import type { Backends } from './backends.ts'
import type { Load } from './load.ts'
import type { Duty, Peer, Task } from './peers/peer.ts'
import { Program, freePort } from './program.ts'
import type { Swaps } from './swaps.ts'

/** A proxy in one configuration. */
export interface Contestant {
  readonly label: string
  readonly peer: Peer
  readonly threads: number | undefined
  readonly routers: number
  /** Snapshot swaps that go on beside the load; Muster only. */
  readonly swaps?: () => Promise<Swaps>
}

export interface Part {
  readonly key: string
  readonly title: string
  /** What is counted: requests, messages. */
  readonly unit: string
  readonly duty: Duty
  readonly contestants: readonly Contestant[]
  /** Resolves to true when the proxy does its duty. */
  readonly probe: (port: number) => Promise<boolean>
  /** Prepares the load on a proxy that is up. */
  readonly load: (started: Started) => Promise<(seconds: number) => Promise<Load>>
}

export interface Started {
  readonly contestant: Contestant
  readonly task: Task
  readonly program: Program
  readonly swaps: Swaps | undefined
}

export interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly backends: Backends
  /** Configurations go below it. */
  readonly directory: string
}

/** Medians over the rounds, but for the errors, which are summed. */
export interface Row {
  readonly label: string
  readonly cpuUs: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly memoryBytes: number
  readonly errors: number
  readonly swapsPerSecond: number
}

export interface Result {
  readonly rows: readonly Row[]
  /** What a reader should know: contestants left out, and why. */
  readonly notes: readonly string[]
}

type Sample = Omit<Row, 'label'>

interface Entrant {
  readonly started: Started
  readonly load: (seconds: number) => Promise<Load>
  readonly samples: Sample[]
}

const warmUpSeconds = 1

export async function measure(part: Part, plan: Plan): Promise<Result> {
  await using stack = new AsyncDisposableStack()
  const notes: string[] = []
  let entrants: Entrant[] = []
  const leaveOut = (label: string, error: unknown): void => {
    notes.push(`${label} is left out: ${error instanceof Error ? error.message : String(error)}`)
  }
  for (const contestant of part.contestants) {
    try {
      const started = await startContestant(part, contestant, plan, stack)
      entrants.push({ started, load: await part.load(started), samples: [] })
    } catch (error) {
      leaveOut(contestant.label, error)
    }
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const entrant of entrants) {
      const { started, load, samples } = entrant
      try {
        // The first round also pays for what is compiled, allocated and connected once.
        await load(round === 0 ? 2 * warmUpSeconds : warmUpSeconds)
        samples.push(await sample(started, () => load(plan.seconds)))
      } catch (error) {
        // One that died on the way takes no other along.
        leaveOut(started.contestant.label, error)
        notes.push(`its last lines were:\n${started.program.lastLines}`)
        entrants = entrants.filter((each) => each !== entrant)
      }
    }
  }
  for (const { started, samples } of entrants) {
    if (samples.some(({ errors }) => errors > 0)) {
      notes.push(`${started.contestant.label} had errors; its last lines were:\n${started.program.lastLines}`)
    }
  }
  return { rows: entrants.map(({ started, samples }) => rowOf(started.contestant.label, samples)), notes }
}

/** Starts a contestant and waits until it does its duty; the stack owns it. */
export async function startContestant(
  part: Part,
  contestant: Contestant,
  plan: Plan,
  stack: AsyncDisposableStack,
): Promise<Started> {
  const { peer, threads, routers } = contestant
  const directory = await mkdtemp(join(plan.directory, `${part.key}-`))
  const backends = part.duty === 'websocket' ? plan.backends.websocket : plan.backends.http
  const swaps = stack.use(await contestant.swaps?.())
  const port = await freePort()
  const task: Task = { duty: part.duty, port, backends, directory, threads, routers, engine: swaps?.engine }
  const program = stack.use(new Program(await peer.prepare(task)))
  await program.untilReady(() => part.probe(task.port))
  return { contestant, task, program, swaps }
}

async function sample({ program, swaps }: Started, load: () => Promise<Load>): Promise<Sample> {
  await using swapping = swaps?.begin(program)
  const before = cpuUs(program.pid)
  const { requests, seconds, ...rest } = await load()
  const used = cpuUs(program.pid) - before
  return {
    ...rest,
    cpuUs: used / requests,
    perSecond: requests / seconds,
    memoryBytes: memoryBytes(program.pid),
    swapsPerSecond: swapping?.updatesPerSecond() ?? 0,
  }
}

function rowOf(label: string, samples: readonly Sample[]): Row {
  const medianOf = (value: (sample: Sample) => number): number => median(samples.map(value))
  return {
    label,
    cpuUs: medianOf((each) => each.cpuUs),
    perSecond: medianOf((each) => each.perSecond),
    p50Ms: medianOf((each) => each.p50Ms),
    p99Ms: medianOf((each) => each.p99Ms),
    memoryBytes: medianOf((each) => each.memoryBytes),
    swapsPerSecond: medianOf((each) => each.swapsPerSecond),
    errors: samples.reduce((total, each) => total + each.errors, 0),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
