// Snapshot swaps at a steady rate: Muster follows an engine where a container goes and comes, each time with labels that
// make another router, middleware and service. The file provider could not be driven so fast: it waits until a file has
// been quiet, since editors save in steps.
import { setTimeout as delay } from 'node:timers/promises'
import { startFakeEngine } from '../support/fake-engine.ts'
import type { FakeContainer, FakeEngine } from '../support/fake-engine.ts'
import type { Program } from './program.ts'

export interface Swaps extends AsyncDisposable {
  /** The endpoint for Muster to follow. */
  readonly engine: string
  /** Swaps until the disposal of what is returned. */
  begin(program: Program): RunningSwaps
}

export interface RunningSwaps extends AsyncDisposable {
  /** What Muster reported since the beginning. */
  updatesPerSecond(): number
}

/** With 0 a second the engine stays as it is: empty. */
export async function openSwaps(perSecond: number): Promise<Swaps> {
  const engine = await startFakeEngine()
  let variant = 0
  let current: string | undefined
  const swap = (): void => {
    if (current !== undefined) engine.remove(current)
    current = current === undefined ? create(engine, container(++variant)) : undefined
  }

  return {
    engine: engine.endpoint,
    begin(program) {
      const stop = new AbortController()
      const start = performance.now()
      const updates = countUpdates(program, stop.signal)
      const swapping = perSecond === 0 ? undefined : every(1000 / perSecond, swap, stop.signal)
      return {
        updatesPerSecond: () => updates() / ((performance.now() - start) / 1000),
        async [Symbol.asyncDispose]() {
          stop.abort()
          await swapping
        },
      }
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

/** Not started: a container that exists has its routers, and no member that would have to be probed. */
function container(variant: number): FakeContainer {
  return {
    name: `swapped-${variant}`,
    running: false,
    exposed: ['80/tcp'],
    labels: {
      'traefik.http.routers.swapped.rule': `Host(\`swapped.example.com\`) && PathPrefix(\`/${variant}\`)`,
      'traefik.http.routers.swapped.middlewares': 'swapped',
      'traefik.http.middlewares.swapped.stripprefix.prefixes': `/${variant}`,
      'traefik.http.services.swapped.loadbalancer.sticky.cookie.name': `swapped-${variant}`,
    },
  }
}

/** The engine of the tests says nothing of containers that are not started. */
function create(engine: FakeEngine, spec: FakeContainer): string {
  const id = engine.add(spec)
  const now = Date.now()
  const Actor = { ID: id, Attributes: { ...spec.labels, name: spec.name } }
  engine.emit({ Type: 'container', Action: 'create', Actor, time: Math.floor(now / 1000), timeNano: now * 1e6 })
  return id
}

/** To the schedule: a round that came late does not delay those after it. */
async function every(intervalMs: number, work: () => void, signal: AbortSignal): Promise<void> {
  const start = performance.now()
  for (let turn = 1; !signal.aborted; turn++) {
    work()
    const pause = Math.max(start + turn * intervalMs - performance.now(), 0)
    await delay(pause, undefined, { signal }).catch(() => undefined)
  }
}

function countUpdates(program: Program, signal: AbortSignal): () => number {
  let updates = 0
  let rest = ''
  program.onOutput((text) => {
    if (signal.aborted) return
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    updates += lines.filter((line) => line.includes('configuration updated')).length
  })
  return () => updates
}
