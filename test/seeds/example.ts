// A compose file of ours on the real engine, as its reader would run it, for the tests of one seed document.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { prepareGround } from '../docker/images.ts'
import { ComposeProject } from '../support/compose.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { Visitor } from '../support/visitor.ts'
import type { Answer } from '../support/visitor.ts'

/** A member as `/api/muster/balancers` tells of it. */
export interface ToldMember {
  readonly route: string
  readonly hostname: string
  readonly container: string
  readonly state: string
  readonly reason: string
  readonly role: string
  readonly elected: number
  readonly busy: number
  readonly errors: number
  readonly from: number
}

export interface ExampleOptions {
  /** Beside this file, or in `compose/`. */
  readonly file: string
  /** Of each compose service. */
  readonly replicas?: Readonly<Record<string, number>>
  /** How many members each balancer then has. */
  readonly members: Readonly<Record<string, number>>
  readonly env?: Readonly<Record<string, string>>
}

export const settleMs = 30_000

const ground = await prepareGround()

/** Tests of one example, all on one project; without an engine or Compose a skipped one that gives the reason. */
export function testsOfExample(
  title: string,
  options: ExampleOptions | (() => Promise<ExampleOptions>),
  tests: (example: Example) => void,
): void {
  const tool = ground.kind === 'missing' ? ground : ground.v2
  if (tool.kind === 'missing') {
    test(title, { skip: tool.reason })
    return
  }
  describe(title, () => {
    const example = new Example()
    before(async () => example.open(tool, typeof options === 'function' ? await options() : options))
    after(() => example.close())
    tests(example)
  })
}

let opened = 0

export class Example {
  #project: ComposeProject | undefined
  #httpPort = 0
  #apiPort = 0

  async open(tool: ComposeTool, { file, replicas = {}, members, env = {} }: ExampleOptions): Promise<void> {
    this.#httpPort = await freePort()
    this.#apiPort = await freePort()
    this.#project = new ComposeProject({
      tool,
      name: `muster-seeds-${process.pid}-${opened++}`,
      file: join(import.meta.dirname, file),
      env: { ...env, MUSTER_HTTP_PORT: String(this.#httpPort), MUSTER_API_PORT: String(this.#apiPort) },
    })
    await this.#project.up(replicas)
    for (const [balancer, count] of Object.entries(members)) await this.ready(balancer, count)
  }

  async close(): Promise<void> {
    await this.#project?.[Symbol.asyncDispose]()
  }

  get project(): ComposeProject {
    assert(this.#project, 'the example is not open')
    return this.#project
  }

  /** A client without cookies. */
  visitor(host = 'localhost'): Visitor {
    return new Visitor({ port: this.#httpPort, host })
  }

  url(path: string): string {
    return `http://localhost:${this.#httpPort}${path}`
  }

  get manager(): string {
    return `http://localhost:${this.#apiPort}/balancer-manager`
  }

  /** In the order of their routes. */
  async members(balancer: string): Promise<readonly ToldMember[]> {
    const { status, body } = await ask(this.#apiPort, '/api/muster/balancers')
    assert.equal(status, 200)
    const balancers = JSON.parse(body) as { name: string; members: ToldMember[] }[]
    const found = balancers.find(({ name }) => name === balancer)
    assert(found, `no balancer ${balancer} among ${balancers.map(({ name }) => name).join(', ')}`)
    return found.members.toSorted((a, b) => a.route.localeCompare(b.route))
  }

  /** Waits until so many of its members take requests. */
  async ready(balancer: string, count: number): Promise<void> {
    await eventually(async () => {
      const states = (await this.members(balancer)).map(({ state }) => state)
      assert.equal(states.filter((state) => state === 'ready').length, count, states.join())
    }, settleMs)
  }

  /** The name of the container that has this route: replica `static-2`, or the service `static2`. */
  async containerOf(route: string): Promise<string> {
    const [, service = route, number = '1'] = /^(.*)-(\d+)$/.exec(route) ?? []
    const found = (await this.project.containers(service)).find((container) => container.number === Number(number))
    assert(found, `no container runs for ${route}`)
    return found.name
  }

  /** Runs with these containers stopped, and then waits until they serve again beside those that did before. */
  async without(containers: readonly string[], balancer: string, meanwhile: () => Promise<void>): Promise<void> {
    const { length } = (await this.members(balancer)).filter(({ state }) => state === 'ready')
    await run('docker', ['stop', ...containers])
    try {
      await meanwhile()
    } finally {
      await run('docker', ['start', ...containers])
      await this.ready(balancer, length)
    }
  }
}

/** Answers of one client, one after the other; each is a 200. */
export async function visits(visitor: Visitor, path: string, times: number): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let i = 0; i < times; i++) {
    const answer = await visitor.get(path)
    assert.equal(answer.status, 200, answer.body)
    answers.push(answer)
  }
  return answers
}

export function routeOf({ headers }: Answer): string {
  return String(headers['balancer-route'])
}
