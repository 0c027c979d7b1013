// A thousand containers that start within ten seconds, each with a service of its own, beside services that carry requests.
import { setTimeout as delay } from 'node:timers/promises'
import { startFakeEngine } from '../../support/fake-engine.ts'
import { epochMs, percentile } from '../books.ts'
import type { FailureKind } from '../books.ts'
import { isServed, openGround } from './ground.ts'
import { Lags } from './lags.ts'
import type { Lag } from './lags.ts'
import { Loopback } from './loopback.ts'

export interface Crowd {
  readonly containers: number
  readonly seconds: number
  /** From the last event until all take requests; milliseconds. */
  readonly convergedMs: number
  /** When each update was in force, from the first event; milliseconds. */
  readonly updates: readonly number[]
  readonly lags: readonly Lag[]
  readonly requests: number
  readonly failed: Readonly<Record<FailureKind, number>>
  readonly worstMs: number
  readonly errors: readonly string[]
}

export const crowdSize = 1000
const withinMs = 10_000
/** Muster's `--threads=2` and the control thread. */
const threads = 3
/** For a program that has just started to come to rest. */
const restMs = 5000

export async function measureCrowd(say: ((text: string) => void) | undefined): Promise<Crowd> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(await startFakeEngine())
  const members = stack.use(await Loopback.open())
  const lags = stack.use(new Lags(threads))
  const { nodeArguments: node, env } = lags
  const ground = stack.use(await openGround({ engine, members, say, node, env }))
  const { program, log, books, port } = ground
  await delay(restMs)
  await lags.mark(program.pid)

  const names = Array.from({ length: crowdSize }, (_, index) => `storm-${index + 1}`)
  const updatesBefore = log.updates.length
  const [began, beganAt] = [performance.now(), epochMs()]
  for (const [index, name] of names.entries()) {
    const id = engine.add({ ...members.onHost(name), running: false })
    engine.announce(id)
    engine.start(id)
    const ahead = began + ((index + 1) * withinMs) / crowdSize - performance.now()
    if (ahead > 1 && index + 1 < crowdSize) await delay(ahead)
  }
  const lastEventAt = epochMs()
  const seconds = (performance.now() - began) / 1000
  await log.says(() => program.hasEnded || names.every((name) => log.ready.has(name)))
  const served = await Promise.all(names.slice(-10).map((name) => isServed(port, name)))
  const lastReadyAt = Math.max(...names.map((name) => log.ready.get(name) ?? Infinity))
  const found = program.hasEnded ? [] : await lags.mark(program.pid)
  return {
    containers: crowdSize,
    seconds,
    convergedMs: served.every(Boolean) ? lastReadyAt - lastEventAt : Infinity,
    updates: log.updates.slice(updatesBefore).map((at) => at - beganAt),
    lags: found,
    ...(await ground.endLoad()),
    failed: books.failed,
    worstMs: percentile(books.latencies, 1),
    errors: log.errors,
  }
}
