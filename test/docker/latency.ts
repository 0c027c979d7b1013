// How long a change of the cluster takes to reach the routing, on this machine: `node test/docker/latency.ts [rounds]`.
// One replica is started and killed again and again; each time runs from the engine's own time stamp of the event.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { run } from '../../compose/setup/run.ts'
import { script } from '../../compose/setup/step.ts'
import { ComposeProject, requireFreePorts } from '../support/compose.ts'
import type { Container } from '../support/compose.ts'
import { EngineEvents } from '../support/engine-events.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'
import { seenBy } from './seen-by.ts'

const file = join(import.meta.dirname, '..', '..', 'compose', 'demo.yaml')
const rounds = Number(process.argv[2] ?? 20)
const ceilingMs = 20_000

await script(async () => {
  const ground = await prepareGround()
  if (ground.kind === 'missing') return console.log(`not measured: ${ground.reason}`)
  if (ground.v2.kind === 'missing') return console.log(`not measured: ${ground.v2.reason}`)
  await requireFreePorts([80, 8080])
  await using project = new ComposeProject({ tool: ground.v2, file, name: `muster-latency-${process.pid}` })
  await project.up()
  await measure(project)
})

async function measure(project: ComposeProject): Promise<void> {
  const replica = (await project.containers('dynamic'))[1]
  assert.ok(replica)
  await stateIs(replica, 'ready')
  await using events = new EngineEvents(replica)
  const killed: number[] = []
  const ready: number[] = []
  const served: number[] = []
  for (let round = 0; round < rounds; round++) {
    const kill = events.next('kill')
    await Promise.all([
      run('docker', ['kill', replica.id]),
      stateIs(replica, 'not ready').then(async (at) => killed.push(at - (await kill))),
    ])
    const start = events.next('start')
    await Promise.all([
      run('docker', ['start', replica.id]),
      stateIs(replica, 'ready').then(async (at) => ready.push(at - (await start))),
      hasAnswered(replica).then(async (at) => served.push(at - (await start))),
    ])
  }
  console.table({
    'kill event → out of rotation': summary(killed),
    'start event → in rotation': summary(ready),
    'start event → first answer to a client': summary(served),
  })
}

/** Polls the API until the replica's member is, or is not, ready; resolves to the time in milliseconds since the epoch. */
async function stateIs(replica: Container, wanted: 'ready' | 'not ready'): Promise<number> {
  using visitor = new Visitor({ port: 8080, host: 'localhost:8080' })
  return poll(async () => {
    const members = JSON.parse((await visitor.get('/api/muster/members')).body) as {
      container?: string
      state: string
    }[]
    const isReady = members.some(({ container, state }) => container === replica.name && state === 'ready')
    assert.equal(isReady, wanted === 'ready')
  })
}

async function hasAnswered(replica: Container): Promise<number> {
  using visitor = new Visitor({ port: 80, host: 'localhost' })
  return poll(async () => assert.equal(seenBy(await visitor.get('/api/jokes/')).hostname, replica.hostname))
}

/** Without a pause between tries: the answer's own time is the resolution. */
async function poll(assertion: () => Promise<void>): Promise<number> {
  await eventually(assertion, ceilingMs, 0)
  return performance.timeOrigin + performance.now()
}

function summary(times: readonly number[]): Record<string, string> {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => `${(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(1)} ms`
  return { median: at(0.5), worst: at(1), rounds: String(sorted.length) }
}
