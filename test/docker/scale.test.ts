// `muster scale` on the real engine: compose takes what it makes for its own, and what has to go is drained before.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool, NoCompose } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { runScale } from '../../src/cli/scale.ts'
import type { ReplicaEvent, ScaleEvent } from '../../src/cli/scale/progress.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { ComposeProject } from '../support/compose.ts'
import { eventually } from '../support/eventually.ts'
import { virtualTerminal } from '../unit/cli/virtual-terminal.ts'
import { prepareGround } from './images.ts'

const image = 'muster-scale-test'
const settleMs = 20_000
const clients = 8

const ground = await prepareGround({ [image]: 'muster' })

if (ground.kind === 'missing') {
  test('scales compose services', { skip: ground.reason })
} else {
  scalesUnder('version 2', ground.v2)
  scalesUnder('version 1', ground.v1)
}

function scalesUnder(generation: string, tool: ComposeTool | NoCompose): void {
  const title = `muster scale under Compose ${generation}`
  if (tool.kind === 'missing') {
    describe(title, { skip: tool.reason }, () => undefined)
    return
  }
  describe(title, { concurrency: 1 }, () => {
    const isV2 = !tool.version.startsWith('1.')
    const name = `muster-scale-${isV2 ? 2 : 1}-${process.pid}`
    const separator = isV2 ? '-' : '_'
    const replica = (service: string, number: number): string => [name, service, number].join(separator)
    let directory: string
    let project: ComposeProject

    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'muster-scale-'))
      const file = join(directory, 'compose.yaml')
      await writeFile(file, composeFile(name))
      project = new ComposeProject({ tool, name, file })
      await project.up()
    })

    after(async () => {
      await project?.[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    })

    test('compose takes new replicas for its own and has nothing to change', async () => {
      const { code, events } = await scale(['web=3', '-p', name])
      assert.equal(code, 0)
      assert.deepEqual(lastSteps(events), { [replica('web', 2)]: 'ready', [replica('web', 3)]: 'ready' })
      const made = await project.containers('web')
      assert.deepEqual(
        made.map((container) => container.name),
        [1, 2, 3].map((number) => replica('web', number)),
      )
      for (const words of [
        ['--scale', 'web=3'],
        ['--no-recreate', '--scale', 'web=3'],
      ]) {
        await project.compose('up', '-d', ...words)
        assert.deepEqual(await project.containers('web'), made)
      }
      assert.match(await project.compose('ps'), new RegExp(`${replica('web', 2)}[^]*${replica('web', 3)}`))
      // They find each other by the names they had given themselves, on every network.
      const names = ['web', 'the-alias', replica('web', 3)].slice(0, isV2 ? 3 : 2)
      for (const alias of names)
        await run('docker', [
          'exec',
          made[0]!.id,
          'node',
          '-e',
          `require('dns').lookup('${alias}', (error) => process.exit(error ? 1 : 0))`,
        ])
    })

    test('replicas that compose has recreated are models as well, but for their anonymous volumes', async () => {
      await project.compose('up', '-d', '--force-recreate', '--scale', 'web=2', 'web')
      assert.equal((await scale(['web=4', '-p', name])).code, 0)
      const replicas = await project.containers('web')
      const volumes = await Promise.all(replicas.map(({ id }) => volumesOf(id)))
      assert.equal(new Set(volumes.map((of) => of['/anonymous'])).size, 4)
      assert.deepEqual(new Set(volumes.map((of) => of['/data'])), new Set([`${name}_data`]))
      await project.compose('up', '-d', '--scale', 'web=4')
      assert.deepEqual(await project.containers('web'), replicas)
    })

    test('the highest numbers go, and the rest is left alone', async () => {
      const all = await project.containers('web')
      const { code, events } = await scale([`web=${all.length - 2}`, '-p', name])
      assert.equal(code, 0)
      assert.deepEqual(await project.containers('web'), all.slice(0, -2))
      assert.deepEqual(events.at(-1), {
        event: 'summary',
        ok: true,
        interrupted: false,
        ms: 0,
        services: [{ project: name, service: 'web', before: all.length, wanted: all.length - 2, now: all.length - 2 }],
      })
    })

    test('a replica that was stopped is started again, a paused one counts', async () => {
      const [first, second] = await project.containers('web')
      await run('docker', ['stop', first!.id])
      await run('docker', ['pause', second!.id])
      const { code, events } = await scale(['web=2', '-p', name])
      await run('docker', ['unpause', second!.id])
      assert.equal(code, 0)
      assert.deepEqual(lastSteps(events), { [first!.name]: 'ready' })
      assert.deepEqual(await project.containers('web'), [first, second])
    })

    test('under load no request fails, though the processes exit at once when they are stopped', async () => {
      const constraint = `--providers.docker.constraints=Label(\`com.docker.compose.project\`,\`${name}\`)`
      await using muster = await startMuster(
        '--providers.docker',
        constraint,
        '--providers.docker.exposedbydefault=false',
      )
      const api = `http://127.0.0.1:${muster.apiPort}`
      await using load = new Load(muster.port)
      for (const count of [4, 2, 5, 1]) {
        const { code, events } = await scale([`sudden=${count}`, '-p', name, '--api', api])
        assert.equal(code, 0, JSON.stringify(events))
        const gone = Object.entries(lastSteps(events)).flatMap(([one, step]) => (step === 'removed' ? [one] : []))
        for (const one of gone)
          assert.ok(replicaEvents(events).some(({ replica: of, step }) => of === one && step === 'draining'))
      }
      const { failed, answered } = await load.end()
      assert.deepEqual(failed, [])
      assert.ok(answered > 100, `only ${answered} requests were answered`)
      await everyEditTakenBack(muster)
      // Slot 2 was drained, and must serve again.
      assert.equal((await scale(['sudden=2', '-p', name, '--api', api])).code, 0)
    })

    test('who stops it keeps what is done, and has nothing more done', async () => {
      const stop = new AbortController()
      const { code, events } = await scale(['web=9', '-p', name], { stop, at: 'creating' })
      assert.equal(code, 1)
      assert.deepEqual(Object.values(lastSteps(events)), ['kept'])
      assert.equal((await project.containers('web')).length, 3)
      assert.equal((await scale(['web=2', '-p', name])).code, 0)
    })

    test('a replica that dies while it starts is told with its exit code and what it wrote', async () => {
      const { code, events } = await scale(['lonely=2', '-p', name])
      assert.equal(code, 1)
      const failure = replicaEvents(events).find(({ step }) => step === 'failed')
      assert.equal(failure?.replica, replica('lonely', 2))
      assert.match(failure?.detail ?? '', /^its process ended with exit code 3/)
      assert.deepEqual(failure?.log, ['there is one of me'])
      assert.equal((await scale(['lonely=1', '-p', name])).code, 0)
    })

    test('a replica that is not ready in time is told with the reason', async () => {
      const { code, events } = await scale(['slow=2', '-p', name, '--timeout', '1s'])
      assert.equal(code, 1)
      const failure = replicaEvents(events).find(({ step }) => step === 'failed')
      assert.match(failure?.detail ?? '', /^it runs, and is not ready after 1 s: Docker health is starting/)
      assert.equal((await scale(['slow=1', '-p', name])).code, 0)
    })

    test('what cannot be scaled is refused with the reason, and nothing is changed', async () => {
      const before = await containerIds(name)
      for (const [words, says] of [
        [['published=2'], /^published cannot have 2 replicas: its port 80 is published on port \d+ of the host/],
        [['named=3'], /^named cannot have 3 replicas: its container is called "muster-scale-.*", .*container_name/],
        // All or nothing.
        [['web=5', 'named=3'], /^named cannot/],
        [['wep=2'], /does not have a container of the service "wep"; there are .*; did you mean "web"\?$/],
      ] as const) {
        const { code, events } = await scale([...words, '-p', name])
        const error = events.find(({ event }) => event === 'error')
        assert.equal(code, 1)
        assert.match(error?.event === 'error' ? error.message : '', says)
      }
      assert.deepEqual(await containerIds(name), before)
    })

    test('a name that something else has is told with what has it', async () => {
      const web = await project.containers('web')
      const taken = replica('web', web.at(-1)!.number + 1)
      await run('docker', ['create', '--name', taken, image, 'version'])
      try {
        const { code, events } = await scale([`web=${web.length + 1}`, '-p', name])
        assert.equal(code, 1)
        const failure = replicaEvents(events).find(({ step }) => step === 'failed')
        assert.match(
          failure?.detail ?? '',
          /does not create ".*": Conflict\. The container name ".*" is already in use by container/,
        )
      } finally {
        await run('docker', ['rm', taken])
      }
    })

    test('an image whose name means another one by now is not mixed into the replicas', async () => {
      const moved = `${image}-moved-${process.pid}`
      await run('docker', ['tag', image, moved])
      await project.compose('up', '-d')
      await writeFile(join(directory, 'compose.yaml'), composeFile(name, moved))
      await project.compose('up', '-d', 'web')
      await run('docker', ['rmi', moved])
      const { code, events } = await scale(['web=2', '-p', name])
      assert.equal(code, 0)
      assert.ok(
        events.some((event) => event.event === 'note' && event.message.startsWith(`${moved} is another image by now`)),
      )
    })

    test('down removes all there is', async () => {
      await project.compose('down', '--volumes', '--timeout', '1')
      assert.deepEqual(await containerIds(name), [])
    })
  })
}

function composeFile(project: string, webImage = image): string {
  const exitsAtOnce = `
    process.on('SIGTERM', () => process.exit());
    require('http').createServer((request, response) => request.resume().on('end', () => setTimeout(() => response.end('ok'), 20))).listen(80)`
  const lonely = `
    const fs = require('fs');
    if (fs.existsSync('/data/here')) { console.error('there is one of me'); process.exit(3) }
    fs.writeFileSync('/data/here', '');
    setInterval(() => {}, 1000)`
  const script = (text: string): string => JSON.stringify(['node', '-e', text.replaceAll('\n', ' ').trim()])
  return `
version: '3.8'
services:
  web:
    image: ${webImage}
    command: [whoami]
    volumes: ['data:/data', '/anonymous', './:/here:ro']
    networks:
      default:
      other: {aliases: [the-alias]}
  sudden:
    image: ${image}
    entrypoint: ${script(exitsAtOnce)}
    labels:
      muster.enable: 'true'
      muster.http.routers.${project}.rule: PathPrefix(\`/\`)
      muster.http.services.${project}.loadbalancer.server.port: '80'
  lonely:
    image: ${image}
    entrypoint: ${script(lonely)}
    stop_grace_period: 0s
    volumes: ['lonely:/data']
  slow:
    image: ${image}
    command: [whoami]
    healthcheck: {test: [CMD, node, -e, 'process.exit(1)'], interval: 1s, retries: 100}
  published:
    image: ${image}
    command: [whoami]
    ports: ['127.0.0.1:${20_000 + (process.pid % 10_000)}:80']
  named:
    image: ${image}
    command: [whoami]
    container_name: ${project}-has-a-name
volumes: {data: {}, lonely: {}}
networks: {other: {}}
`
}

interface Scaled {
  readonly code: number
  readonly events: readonly ScaleEvent[]
}

/** In this process. @param when whom to stop at which step */
async function scale(
  words: readonly string[],
  when?: { readonly stop: AbortController; readonly at: string },
): Promise<Scaled> {
  const events: ScaleEvent[] = []
  const print = (line: string): void => {
    const event = JSON.parse(line) as ScaleEvent
    events.push(event.event === 'summary' ? { ...event, ms: 0 } : event)
    if (when !== undefined && event.event === 'replica' && event.step === when.at) when.stop.abort()
  }
  const terminal = { ...virtualTerminal({}), env: process.env, print }
  // Nobody listens there unless a test says who does.
  const api = words.includes('--api') ? [] : ['--api', 'http://127.0.0.1:1']
  const code = await runScale([...words, ...api, '--json'], terminal, when?.stop.signal ?? new AbortController().signal)
  return { code, events }
}

function replicaEvents(events: readonly ScaleEvent[]): readonly ReplicaEvent[] {
  return events.filter((event) => event.event === 'replica')
}

function lastSteps(events: readonly ScaleEvent[]): Readonly<Record<string, string>> {
  return Object.fromEntries(replicaEvents(events).map(({ replica, step }) => [replica, step]))
}

async function volumesOf(id: string): Promise<Readonly<Record<string, string>>> {
  const mounts = JSON.parse(await run('docker', ['inspect', '-f', '{{json .Mounts}}', id]))
  return Object.fromEntries(
    mounts.map(({ Destination, Name, Source }: Record<string, string>) => [Destination, Name ?? Source]),
  )
}

async function containerIds(project: string): Promise<readonly string[]> {
  const ids = await run('docker', ['ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`])
  return ids.split('\n').filter(Boolean).sort()
}

async function everyEditTakenBack(muster: RunningApp): Promise<void> {
  await eventually(async () => {
    const members = (await (await fetch(`http://127.0.0.1:${muster.apiPort}/api/muster/members`)).json()) as object[]
    assert.deepEqual(
      members.filter((member) => 'edited' in member),
      [],
    )
  }, settleMs)
}

/** Clients on kept connections that ask one request after the other, every second one a POST, until they are stopped. */
class Load {
  readonly #port: number
  readonly #stop = new AbortController()
  readonly #failed: string[] = []
  readonly #loops: readonly Promise<void>[]
  #answered = 0

  constructor(port: number) {
    this.#port = port
    this.#loops = Array.from({ length: clients }, () => this.#ask())
  }

  async end(): Promise<{ readonly failed: readonly string[]; readonly answered: number }> {
    await this[Symbol.asyncDispose]()
    return { failed: this.#failed, answered: this.#answered }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
  }

  async #ask(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; !this.#stop.signal.aborted; i++) {
      const method = i % 2 === 0 ? 'GET' : 'POST'
      const outcome = await this.#one(agent, method).catch((error: Error) => error.message)
      // Until the first member is there, there is none.
      if (outcome === 200) this.#answered++
      else if (this.#answered > 0) this.#failed.push(`${method}: ${outcome}`)
    }
    agent.destroy()
  }

  #one(agent: Agent, method: string): Promise<number | string> {
    const { promise, resolve, reject } = Promise.withResolvers<number | string>()
    const sent = request({ host: '127.0.0.1', port: this.#port, method, agent, timeout: settleMs }, (response) => {
      response.on('error', reject)
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(method === 'POST' ? 'a body' : undefined)
    return promise
  }
}
