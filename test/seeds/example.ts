// A compose file of ours on the real engine, as its reader would run it but for one flag, for the tests of one seed document.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { prepareGround } from '../docker/images.ts'
import { seenBy } from '../docker/seen-by.ts'
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
  /** Which compose services answer under each path, with all their containers. */
  readonly serves: Readonly<Record<string, readonly string[]>>
  /** What clients ask for. */
  readonly host?: string
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
  #host = ''
  #serves: ExampleOptions['serves'] = {}
  #directory: string | undefined

  async open(tool: ComposeTool, options: ExampleOptions): Promise<void> {
    const { replicas = {}, serves, host = 'localhost', env = {} } = options
    this.#httpPort = await freePort()
    this.#apiPort = await freePort()
    this.#host = host
    this.#serves = serves
    this.#directory = await mkdtemp(join(tmpdir(), 'muster-seeds-'))
    const name = `muster-seeds-${process.pid}-${opened++}`
    const file = join(this.#directory, 'compose.yaml')
    await writeFile(file, withoutOthers(await readFile(join(import.meta.dirname, options.file), 'utf8'), name))
    const ports = { MUSTER_HTTP_PORT: String(this.#httpPort), MUSTER_API_PORT: String(this.#apiPort) }
    this.#project = new ComposeProject({ tool, name, file, env: { ...env, ...ports } })
    await this.#project.up(replicas)
    for (const path of Object.keys(serves)) await this.settled(path)
  }

  async close(): Promise<void> {
    await this.#project?.[Symbol.asyncDispose]()
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true })
  }

  get project(): ComposeProject {
    assert(this.#project, 'the example is not open')
    return this.#project
  }

  /** A client without cookies. */
  visitor(): Visitor {
    return new Visitor({ port: this.#httpPort, host: this.#host })
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

  /** The host names that as many clients without cookies get, one after the other. */
  async freshVisits(path: string, times: number): Promise<readonly string[]> {
    const hostnames: string[] = []
    for (let i = 0; i < times; i++) {
      using visitor = this.visitor()
      for (const answer of await visits(visitor, path, 1)) hostnames.push(seenBy(answer).hostname)
    }
    return hostnames
  }

  /** Waits until those that run answer under a path, all of them and nobody else. */
  async settled(path: string): Promise<void> {
    const services = this.#serves[path] ?? assert.fail(`nobody is said to serve ${path}`)
    const containers = (await Promise.all(services.map((service) => this.project.containers(service)))).flat()
    const expected = new Set(containers.map(({ hostname }) => hostname))
    await eventually(async () => {
      assert.deepEqual(new Set(await this.freshVisits(path, expected.size * 2)), expected)
    }, settleMs)
  }

  /** Runs with these containers stopped, and then waits until they serve again. */
  async without(containers: readonly string[], path: string, meanwhile: () => Promise<void>): Promise<void> {
    await run('docker', ['stop', ...containers])
    try {
      await meanwhile()
    } finally {
      await run('docker', ['start', ...containers])
      await this.settled(path)
    }
  }
}

/** Labels of other containers on this machine would have a say: a router of theirs may come first. */
function withoutOthers(text: string, project: string): string {
  const constraint = `--providers.docker.constraints=Label(\`com.docker.compose.project\`, \`${project}\`)`
  const isolated = `command: ['--providers.docker', '--api.insecure=true', '${constraint}']\n`
  const watching = 'command: --providers.docker --api.insecure=true\n'
  assert.equal(text.includes(watching), text.includes('--providers.docker '), 'the example has another command')
  return text.replace(watching, isolated)
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
