// A label changes while its service runs: replicas of the old and the new compose file stand side by side, which takes the
// route away in Traefik until the last old one is gone. Here nobody may ever be told 404.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { ComposeProject, requireFreePorts } from '../support/compose.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'

const port = 18_080
const apiPort = 18_081
const host = 'rollout.local'
const settleMs = 20_000
const clients = 4

const ground = await prepareGround()

if (ground.kind === 'missing' || ground.v2.kind === 'missing') {
  const reason = ground.kind === 'missing' ? ground.reason : ground.v2.kind === 'missing' ? ground.v2.reason : ''
  test('a rolling change of labels', { skip: reason })
} else rollout(ground.v2)

function rollout(tool: ComposeTool): void {
  describe('a rolling change of labels', () => {
    const name = `muster-rollout-${process.pid}`
    let directory: string
    let project: ComposeProject

    before(async () => {
      await requireFreePorts([port, apiPort])
      directory = await mkdtemp(join(tmpdir(), 'muster-rollout-'))
      const file = join(directory, 'compose.yaml')
      project = new ComposeProject({ tool, name, file })
      await writeFile(file, composeFile('one', 'PathPrefix(`/`)'))
      await project.up({ web: 2 })
      await eventually(async () => assert.equal(await generation(), 'one'), settleMs)
    })

    after(async () => {
      await project?.[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    })

    test('old and new replicas disagree under load, and no request is told 404', async () => {
      const old = await project.containers('web')
      await using steady = new SteadyClients()

      await writeFile(join(directory, 'compose.yaml'), composeFile('two', 'PathPrefix(`/`) && Host(`rollout.local`)'))
      await project.compose('up', '-d', '--no-recreate', '--scale', 'web=4', 'web')
      await eventually(async () => assert.equal(await generation(), 'two'), settleMs)
      const problems = await askApi('/api/muster/problems')
      assert.match(problems, /is declared differently by/)
      for (const { id } of old) await run('docker', ['rm', '-f', id])
      await eventually(
        async () => assert.doesNotMatch(await askApi('/api/muster/problems'), /declared differently/),
        settleMs,
      )

      const statuses = await steady.statuses()
      assert.equal(statuses[404] ?? 0, 0, JSON.stringify(statuses))
      assert.ok((statuses[200] ?? 0) > 0)
    })

    test('a plain `up -d` with changed labels recreates everything, and no request is told 404', async () => {
      await using steady = new SteadyClients()
      await writeFile(join(directory, 'compose.yaml'), composeFile('three', 'Host(`rollout.local`)'))
      await project.up({ web: 2 })
      await eventually(async () => assert.equal(await generation(), 'three'), settleMs)
      const statuses = await steady.statuses()
      assert.equal(statuses[404] ?? 0, 0, JSON.stringify(statuses))
    })
  })
}

async function generation(): Promise<string | string[] | undefined> {
  using visitor = new Visitor({ port, host })
  const { status, headers } = await visitor.get('/')
  assert.equal(status, 200)
  return headers['x-generation']
}

async function askApi(path: string): Promise<string> {
  using visitor = new Visitor({ port: apiPort, host: `localhost:${apiPort}` })
  return (await visitor.get(path)).body
}

function composeFile(generationName: string, rule: string): string {
  return `
services:
  proxy:
    image: muster
    command: [--api.insecure, --providers.docker, --providers.docker.exposedbydefault=false]
    ports: ['127.0.0.1:${port}:80', '127.0.0.1:${apiPort}:8080']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
  web:
    image: muster
    command: [whoami]
    stop_grace_period: 2s
    labels:
      traefik.enable: true
      traefik.http.routers.web.rule: ${rule}
      traefik.http.routers.web.middlewares: generation
      traefik.http.middlewares.generation.headers.customresponseheaders.X-Generation: ${generationName}
      traefik.http.services.web.loadbalancer.server.port: 80
`
}

/** Clients that ask one request after the other until they are stopped. */
class SteadyClients {
  readonly #stop = new AbortController()
  readonly #statuses = new Map<number, number>()
  readonly #loops = Array.from({ length: clients }, () => this.#ask())

  /** Stops the clients; how many answers of each status they got. 0: no answer. */
  async statuses(): Promise<Readonly<Record<number, number>>> {
    await this[Symbol.asyncDispose]()
    return Object.fromEntries(this.#statuses)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
  }

  async #ask(): Promise<void> {
    using visitor = new Visitor({ port, host })
    while (!this.#stop.signal.aborted) {
      const status = await visitor.get('/').then(
        (answer) => answer.status,
        () => 0,
      )
      this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    }
  }
}
