// How long a change of the cluster takes to reach the routing, on this machine: `node test/docker/latency.ts [rounds]`.
// One replica is started and killed again and again; each time runs from the engine's own time stamp of the event.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { buildImage } from '../../compose/setup/image.ts'
import { script } from '../../compose/setup/step.ts'
import { run } from '../../compose/setup/run.ts'
import { freePort } from '../bench/program.ts'
import { ComposeProject } from '../support/compose.ts'
import type { Container } from '../support/compose.ts'
import { EngineEvents } from '../support/engine-events.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'
import { seenBy } from './seen-by.ts'

export interface Latency {
  readonly median: number
  readonly worst: number
  readonly times: number
}

interface Ports {
  readonly http: number
  readonly api: number
}

const demo = join(import.meta.dirname, '..', '..', 'compose', 'demo.yaml')
const image = 'muster-latency'
const ceilingMs = 20_000

if (import.meta.main) {
  await script(async () => {
    const ground = await prepareGround({})
    if (ground.kind === 'missing') return console.log(`not measured: ${ground.reason}`)
    if (ground.v2.kind === 'missing') return console.log(`not measured: ${ground.v2.reason}`)
    const found = await measureLatency({ tool: ground.v2, rounds: Number(process.argv[2] ?? 20) })
    const inMs = (ms: number): string => `${ms.toFixed(1)} ms`
    const rows = Object.entries(found).map(
      ([what, { median, worst, times }]) => [what, { median: inMs(median), worst: inMs(worst), times }] as const,
    )
    console.table(Object.fromEntries(rows))
  })
}

/** Brings up the demo on free ports, and takes it away again. */
export async function measureLatency({
  tool,
  rounds,
}: {
  readonly tool: ComposeTool
  readonly rounds: number
}): Promise<Readonly<Record<string, Latency>>> {
  await buildImage('muster', image)
  const name = `muster-latency-${process.pid}`
  const directory = await mkdtemp(join(tmpdir(), 'muster-latency-'))
  const sweep = (): void => sweepProject(name)
  process.on('exit', sweep)
  try {
    const file = join(directory, 'compose.yaml')
    await writeFile(file, demoOfOnly(name, await readFile(demo, 'utf8')))
    const ports = { http: await freePort(), api: await freePort() }
    const env = { MUSTER_HTTP_PORT: String(ports.http), MUSTER_API_PORT: String(ports.api) }
    await using project = new ComposeProject({ tool, file, name, env })
    await project.up()
    return await measure(project, ports, rounds)
  } finally {
    process.off('exit', sweep)
    await rm(directory, { recursive: true })
  }
}

/** At once, for a process that is ended in the middle. */
function sweepProject(name: string): void {
  const list = ['ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`]
  const ids = spawnSync('docker', list, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
  if (ids.length > 0) spawnSync('docker', ['rm', '-f', '-v', ...ids])
  spawnSync('docker', ['network', 'rm', `${name}_default`])
}

/** The demo with an image of its own, and a Muster that leaves the machine's other containers alone. */
function demoOfOnly(project: string, text: string): string {
  const command = /command: (--providers\.docker .*)/
  const flags = command.exec(text)?.[1]?.split(' ')
  assert.ok(flags && text.includes('image: muster\n'))
  const constraint = `--providers.docker.constraints=Label(\`com.docker.compose.project\`, \`${project}\`)`
  return text
    .replaceAll('image: muster\n', `image: ${image}\n`)
    .replace(command, () => `command: ${JSON.stringify([...flags, constraint])}`)
}

async function measure(project: ComposeProject, ports: Ports, rounds: number): Promise<Record<string, Latency>> {
  const replica = (await project.containers('dynamic'))[1]
  assert.ok(replica)
  await stateIs(replica, 'ready', ports)
  await using events = new EngineEvents(replica)
  const killed: number[] = []
  const ready: number[] = []
  const served: number[] = []
  for (let round = 0; round < rounds; round++) {
    const kill = events.next('kill')
    await Promise.all([
      run('docker', ['kill', replica.id]),
      stateIs(replica, 'not ready', ports).then(async (at) => killed.push(at - (await kill))),
    ])
    const start = events.next('start')
    await Promise.all([
      run('docker', ['start', replica.id]),
      stateIs(replica, 'ready', ports).then(async (at) => ready.push(at - (await start))),
      hasAnswered(replica, ports).then(async (at) => served.push(at - (await start))),
    ])
  }
  return {
    'kill event → out of rotation': summary(killed),
    'start event → in rotation': summary(ready),
    'start event → first answer to a client': summary(served),
  }
}

/** Polls the API until the replica's member is, or is not, ready; resolves to the time in milliseconds since the epoch. */
async function stateIs(replica: Container, wanted: 'ready' | 'not ready', { api }: Ports): Promise<number> {
  using visitor = new Visitor({ port: api, host: `localhost:${api}` })
  return poll(async () => {
    const members = JSON.parse((await visitor.get('/api/muster/members')).body) as {
      container?: string
      state: string
    }[]
    const isReady = members.some(({ container, state }) => container === replica.name && state === 'ready')
    assert.equal(isReady, wanted === 'ready')
  })
}

async function hasAnswered(replica: Container, { http }: Ports): Promise<number> {
  using visitor = new Visitor({ port: http, host: 'localhost' })
  return poll(async () => assert.equal(seenBy(await visitor.get('/api/jokes/')).hostname, replica.hostname))
}

/** Without a pause between tries: the answer's own time is the resolution. */
async function poll(assertion: () => Promise<void>): Promise<number> {
  await eventually(assertion, ceilingMs, 0)
  return performance.timeOrigin + performance.now()
}

function summary(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
  return { median: at(0.5), worst: at(1), times: sorted.length }
}
