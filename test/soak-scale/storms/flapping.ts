// A Docker socket that flaps, for minutes, while Muster follows it and carries requests. In bouts: each ends in a fault that
// lasts, and then the engine is well again and has containers that Muster has not heard of.
import { setTimeout as delay } from 'node:timers/promises'
import { cpuUs } from '../../bench/accounting.ts'
import { startFakeEngine } from '../../support/fake-engine.ts'
import type { FakeEngine } from '../../support/fake-engine.ts'
import type { FailureKind } from '../books.ts'
import { epochMs } from '../books.ts'
import { ComingAndGoing } from './coming-and-going.ts'
import { babbles, closes, cutsEvents, halves, leaves, refuses, stalls } from './faults.ts'
import type { Fault } from './faults.ts'
import { isServed, openGround } from './ground.ts'
import type { Ground } from './ground.ts'
import { Loopback } from './loopback.ts'

export interface Flapping {
  readonly seconds: number
  /** Of one processor: while the socket flaps under the load, and with the load alone afterwards. */
  readonly cpuPercent: number
  readonly restCpuPercent: number
  readonly requests: number
  readonly failed: Readonly<Record<FailureKind, number>>
  readonly lived: boolean
  readonly errors: readonly string[]
  /** From one attempt to the next at an engine that answers each with 500; milliseconds. */
  readonly attemptGaps: readonly number[]
  /** From the end of each bout until the newest container takes requests and the oldest is gone; milliseconds. */
  readonly convergence: readonly { readonly after: string; readonly ms: number }[]
}

interface Bout {
  readonly last: Fault
  readonly lastMs: number
}

const [turnMinMs, turnMaxMs] = [50, 2000]
const restMs = 5000
/** Containers at the beginning; then one goes with each that comes. */
const known = 10
/** Turns between a container that comes and the next one. */
const comesEvery = 5
/** What each attempt begins with. */
const firstAsked = '/version'

export async function measureFlapping(seconds: number, say: ((text: string) => void) | undefined): Promise<Flapping> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(await startFakeEngine())
  const members = stack.use(await Loopback.open())
  const ground = stack.use(await openGround({ engine, members, say }))
  const { program, log, books } = ground
  const crowd = new ComingAndGoing(engine, members)
  for (let number = 0; number < known; number++) crowd.comes()
  await log.mustSay('the first containers take requests', () => log.ready.has(crowd.newest))

  const attempts: number[] = []
  const bouts = boutsOf(attempts)
  const heldMs = bouts.reduce((sum, { lastMs }) => sum + lastMs, 0)
  const boutMs = Math.max(seconds * 1000 - heldMs, 0) / bouts.length
  const convergence: { after: string; ms: number }[] = []
  const flapped = await timed(program.pid, async () => {
    for (const { last, lastMs } of bouts) {
      await flap(engine, crowd, boutMs)
      await last.begin(engine)
      engine.silently(() => crowd.turns())
      await delay(lastMs)
      const ms = await converges(ground, crowd, () => last.end(engine))
      convergence.push({ after: last.name, ms })
    }
  })
  const rest = await timed(program.pid, () => delay(restMs))
  return {
    ...flapped,
    restCpuPercent: rest.cpuPercent,
    ...(await ground.endLoad()),
    failed: books.failed,
    lived: !program.hasEnded,
    errors: log.errors,
    attemptGaps: gapsOf(attempts),
    convergence,
  }
}

/** Where it lasts, long enough for waits between attempts to have grown as long as they get. */
function boutsOf(attempts: number[]): readonly Bout[] {
  const noted: Fault = {
    ...refuses,
    async begin(engine) {
      await refuses.begin(engine)
      const { intercept } = engine
      engine.intercept = (request) => {
        if (request.path === firstAsked) attempts.push(performance.now())
        return intercept(request)
      }
    },
  }
  return [
    { last: cutsEvents, lastMs: 0 },
    { last: noted, lastMs: 12_000 },
    { last: halves, lastMs: 5000 },
    { last: stalls(), lastMs: 30_000 },
    { last: leaves, lastMs: 5000 },
  ]
}

/** One fault after the other, each until the next, while containers come and go, told of or not. */
async function flap(engine: FakeEngine, crowd: ComingAndGoing, ms: number): Promise<void> {
  const faults = [closes, cutsEvents, refuses, closes, leaves, babbles, halves]
  const until = performance.now() + ms
  for (let turn = 0; performance.now() < until; turn++) {
    const fault = faults[turn % faults.length] ?? closes
    await fault.begin(engine)
    if (turn % comesEvery === 0) crowd.turns()
    await delay(turnMinMs + Math.random() * (turnMaxMs - turnMinMs))
    await fault.end(engine)
  }
}

async function converges({ program, log, port }: Ground, crowd: ComingAndGoing, heal: () => unknown): Promise<number> {
  const { newest, lost } = crowd
  const from = epochMs()
  await heal()
  await log.says(() => program.hasEnded || (log.ready.has(newest) && log.gone.has(lost)))
  if (!(await isServed(port, newest))) return Infinity
  return Math.max(log.ready.get(newest) ?? Infinity, log.gone.get(lost) ?? Infinity) - from
}

/** How long the work takes, and what of a processor a process uses meanwhile. */
async function timed(pid: number, work: () => Promise<unknown>): Promise<Pick<Flapping, 'seconds' | 'cpuPercent'>> {
  const [from, usedFrom] = [performance.now(), cpuUs(pid)]
  await work()
  const seconds = (performance.now() - from) / 1000
  return { seconds, cpuPercent: (cpuUs(pid) - usedFrom) / seconds / 10_000 }
}

function gapsOf(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}
