// An app that exits at once on its stop signal loses whatever it has in hand: only who stops it can prevent that. Compose
// through the Docker API socket does, and no request fails.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { ensureBaseImage } from '../../compose/setup/base-image.ts'
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { run } from '../../compose/setup/run.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { ComposeProject } from '../support/compose.ts'
import { eventually } from '../support/eventually.ts'

const clients = 16
const cycles = 3
const ceilingMs = 30_000

/** Every answer takes 20 ms, so that there is always one in hand. */
const app = `
const { createServer } = require('node:http')
createServer((request, response) => {
  request.resume().on('end', () => setTimeout(() => response.end('done'), 20))
}).listen(80)
process.on('SIGTERM', () => process.exit(0))
`

await ensureEngine()
const base = (await ensureBaseImage()).name
const tools = { '1': await ensureComposeV1(), '2': await ensureComposeV2() }

for (const [version, tool] of Object.entries(tools)) {
  const skip = tool.kind === 'missing' && tool.reason
  test(
    `Compose ${version} scales an app that exits at once, and stops it in every way, without a failed request`,
    { skip },
    async () => {
      assert.ok(tool.kind === 'found')
      const name = `muster-socket-scale-${version}-${process.pid}`
      const directory = await mkdtemp(join(tmpdir(), 'muster-socket-'))
      await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
      const file = join(directory, 'compose.yaml')
      await writeFile(file, composeFile())
      const path = join(directory, 'docker.sock')
      const env = { DOCKER_HOST: `unix://${path}` }
      await using muster = await startMuster(
        '--threads=2',
        '--providers.docker.exposedbydefault=false',
        `--providers.docker.constraints=Label(\`com.docker.compose.project\`,\`${name}\`)`,
        `--dockersocket.listen=unix://${path}`,
      )
      // Taken down through the socket, too, which therefore ends after it.
      await using project = new ComposeProject({ tool, file, name, env })
      await project.up({ web: 4 })
      await ready(muster, 4)
      await using load = new Load(muster.port)
      for (let cycle = 0; cycle < cycles; cycle++) {
        await project.up({ web: 2 })
        await project.up({ web: 4 })
        await ready(muster, 4)
      }
      const [one] = await project.containers('web')
      assert.ok(one !== undefined)
      for (const words of [
        ['restart'],
        ['stop'],
        ['start'],
        ['kill', '-s', 'TERM'],
        ['start'],
        ['kill'],
        ['rm', '-f'],
      ]) {
        await run('docker', [...words, one.id], { env })
        if (words[0] === 'restart' || words[0] === 'start') await ready(muster, 4)
      }
      await load.stop()
      assert.deepEqual(load.failures, [])
      assert.ok(load.answered > clients * 10, `${load.answered} requests`)
      const held = muster.log.filter(({ message }) => message === 'a call to the Docker engine was held')
      const reasons = held.map(({ fields }) => fields['reason'])
      assert.ok(reasons.filter((reason) => reason === 'drained').length >= cycles * 2)
      assert.deepEqual(
        reasons.filter((reason) => reason === 'time limit'),
        [],
      )
    },
  )
}

function composeFile(): string {
  const rule = { 'traefik.http.routers.web.rule': 'PathPrefix(`/`)' }
  const port = { 'traefik.http.services.web.loadbalancer.server.port': '80' }
  const web = {
    image: base,
    entrypoint: ['node', '-e', app.replaceAll('$', '$$$$')],
    labels: { 'traefik.enable': 'true', ...rule, ...port },
  }
  return JSON.stringify({ version: '3.7', services: { web } })
}

async function ready(muster: RunningApp, count: number): Promise<void> {
  await eventually(async () => {
    const members = (await (await fetch(`http://127.0.0.1:${muster.apiPort}/api/muster/members`)).json()) as {
      readonly state: string
      readonly service: string
    }[]
    assert.equal(members.filter(({ state, service }) => state === 'ready' && service === 'web@docker').length, count)
  }, ceilingMs)
}

/** Clients that ask one request after the other, every second one a POST. */
class Load implements AsyncDisposable {
  readonly failures: string[] = []
  answered = 0
  readonly #port: number
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  constructor(port: number) {
    this.#port = port
    this.#running = Promise.all(
      Array.from({ length: clients }, (_, index) => this.#client(index % 2 === 0 ? 'GET' : 'POST')),
    )
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #client(method: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!this.#stop.signal.aborted && this.failures.length < 100) {
      const failure = await this.#ask(method, agent).catch((error: unknown) => String(error))
      if (failure === undefined) this.answered++
      else this.failures.push(`${method}: ${failure}`)
    }
    agent.destroy()
  }

  async #ask(method: string, agent: Agent): Promise<string | undefined> {
    const sent = request({ host: '127.0.0.1', port: this.#port, method, agent })
    sent.end(method === 'POST' ? 'some body' : undefined)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const body = await text(response)
    return response.statusCode === 200 && body === 'done' ? undefined : `${response.statusCode} ${body}`
  }
}
