// The compose file of a Traefik user, as it was written, with Muster in Traefik's place: every line of its text holds.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ComposeTool, NoCompose } from '../../compose/setup/compose-tool.ts'
import { run } from '../../compose/setup/run.ts'
import { download, upload } from '../support/bulk.ts'
import { ComposeProject, peakMemory, requireFreePorts } from '../support/compose.ts'
import type { Container } from '../support/compose.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'
import { seenBy } from './seen-by.ts'

const site = { port: 80, host: 'demo.res.ch' }
const settleMs = 20_000
const gigabyte = 1_000_000_000
const memoryMax = 200 * 1024 * 1024

const ground = await prepareGround()

if (ground.kind === 'missing') {
  test('runs the compose file of the seed', { skip: ground.reason })
} else {
  seedUnder('version 2', ground.v2)
  seedUnder('version 1', ground.v1)
}

function seedUnder(generation: string, tool: ComposeTool | NoCompose): void {
  const title = `the seed's compose file under Compose ${generation}`
  if (tool.kind === 'missing') {
    describe(title, { skip: tool.reason }, () => undefined)
    return
  }
  describe(title, () => {
    const name = `muster-seed-${tool.version.split('.')[0]}-${process.pid}`
    let directory: string | undefined
    let project: ComposeProject

    before(async () => {
      await requireFreePorts([80, 8080])
      directory = await mkdtemp(join(tmpdir(), 'muster-seed-'))
      project = new ComposeProject({ tool, name, file: await seedFile(directory) })
      await project.up()
    })

    after(async () => {
      await project?.[Symbol.asyncDispose]()
      if (directory !== undefined) await rm(directory, { recursive: true })
    })

    test('one client sees the dynamic servers in an ordered and cyclic way, without cookies', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor(site)
      const answers = await inTurn(6, () => visitor.get('/api/jokes/'))
      assert.deepEqual(
        answers.map((answer) => answer.status),
        Array(6).fill(200),
      )
      assert.deepEqual(
        answers.map((answer) => answer.headers['set-cookie']),
        Array(6).fill(undefined),
      )
      await assertCyclic(
        project,
        answers.map((answer) => seenBy(answer).hostname),
      )
    })

    test('a dynamic server is asked for the path without the prefix and told the prefix', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor(site)
      const seen = seenBy(await visitor.get('/api/jokes/abc?x=1'))
      assert.equal(seen.url, '/abc?x=1')
      assert.equal(seen.headers['x-forwarded-prefix'], '/api/jokes/')
      assert.equal(seen.headers['host'], 'demo.res.ch')
      assert.equal(seenBy(await visitor.get('/api/jokes/')).url, '/')
    })

    test('the path of the prefix without its last slash belongs to the static servers', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor(site)
      const seen = seenBy(await visitor.get('/api/jokes'))
      assert.equal(seen.url, '/api/jokes')
      assert.ok(hostnames(await project.containers('static')).includes(seen.hostname))
    })

    test('a request for another host is not found', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor({ ...site, host: 'other.res.ch' })
      assert.equal((await visitor.get('/')).status, 404)
    })

    test('a client stays with its static server, and the cookie is set once', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor(site)
      const first = await visitor.get('/')
      assert.equal(first.headers['set-cookie']?.length, 1)
      assert.deepEqual([...visitor.cookies.keys()], ['static_cookie'])
      for (const answer of await inTurn(5, () => visitor.get('/page.html'))) {
        assert.equal(seenBy(answer).hostname, seenBy(first).hostname)
        assert.equal(answer.headers['set-cookie'], undefined)
      }
    })

    test('clients are spread over the static servers', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      const seen = await inTurn(2, () => freshVisit())
      assert.equal(new Set(seen).size, 2)
    })

    test('a client whose static server is stopped moves to another one and gets a new cookie', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      using visitor = new Visitor(site)
      const lost = seenBy(await visitor.get('/')).hostname
      const oldCookie = visitor.cookies.get('static_cookie')
      await run('docker', ['stop', lost])
      try {
        const moved = await visitor.get('/')
        assert.equal(moved.status, 200)
        assert.notEqual(seenBy(moved).hostname, lost)
        assert.equal(moved.headers['set-cookie']?.length, 1)
        assert.notEqual(visitor.cookies.get('static_cookie'), oldCookie)
        const next = await visitor.get('/')
        assert.equal(seenBy(next).hostname, seenBy(moved).hostname)
        assert.equal(next.headers['set-cookie'], undefined)
      } finally {
        await run('docker', ['start', lost])
      }
    })

    test('added replicas take traffic, removed ones get none, and no request is lost on the way', async () => {
      await bothServe(project, { static: 2, dynamic: 2 })
      const proxy = await project.container('traefik-proxy')
      await using clients = new SteadyClients()
      await project.up({ static: 4, dynamic: 3 })
      await bothServe(project, { static: 4, dynamic: 3 })
      using visitor = new Visitor(site)
      await project.up({ static: 2, dynamic: 2 })
      const left = hostnames([...(await project.containers('static')), ...(await project.containers('dynamic'))])
      for (const path of ['/', '/api/jokes/']) {
        const answers = await inTurn(20, () => visitor.get(path))
        assert.deepEqual(
          answers.map((answer) => answer.status),
          Array(20).fill(200),
        )
        for (const answer of answers)
          assert.ok(left.includes(seenBy(answer).hostname), `not one that is left: ${answer.body}`)
      }
      assert.equal((await project.container('traefik-proxy')).id, proxy.id)
      assert.deepEqual(await clients.failures(), {})
    })

    test('three dynamic servers answer in the order of their numbers', async () => {
      await project.up({ dynamic: 3 })
      await bothServe(project, { static: 2, dynamic: 3 })
      using visitor = new Visitor(site)
      const answers = await inTurn(9, () => visitor.get('/api/jokes/'))
      await assertCyclic(
        project,
        answers.map((answer) => seenBy(answer).hostname),
      )
    })

    test('a gigabyte up and a gigabyte down leave the proxy under 200 MB', async () => {
      await project.up()
      await bothServe(project, { static: 2, dynamic: 2 })
      assert.equal((await upload({ ...site, path: '/upload' }, gigabyte)).status, 200)
      const down = await download({ ...site, path: `/bytes?n=${gigabyte}` })
      assert.deepEqual(down, { status: 200, bytes: gigabyte })
      const peak = await peakMemory(await project.container('traefik-proxy'))
      assert.ok(peak < memoryMax, `the proxy's memory peaked at ${Math.round(peak / 1024 / 1024)} MB`)
    })
  })
}

/** Writes the seed's file with the one word changed that its user changes. */
async function seedFile(directory: string): Promise<string> {
  const parts = (await readFile(join(import.meta.dirname, 'seed-003.yaml'), 'utf8')).split('image: traefik:v2.4\n')
  assert.equal(parts.length, 2)
  const file = join(directory, 'docker-compose.yaml')
  await writeFile(file, parts.join('image: muster\n'))
  return file
}

/** Waits until exactly the wanted numbers of replicas run and each has answered through the proxy. */
async function bothServe(project: ComposeProject, wanted: { static: number; dynamic: number }): Promise<void> {
  const running = {
    static: hostnames(await project.containers('static')),
    dynamic: hostnames(await project.containers('dynamic')),
  }
  assert.deepEqual({ static: running.static.length, dynamic: running.dynamic.length }, wanted)
  for (const [path, expected] of [['/', running.static] as const, ['/api/jokes/', running.dynamic] as const]) {
    await eventually(async () => {
      const seen = await inTurn(expected.length, () => freshVisit(path))
      assert.deepEqual([...seen].sort(), [...expected].sort())
    }, settleMs)
  }
}

/** The host name of the server a client without cookies gets. */
async function freshVisit(path = '/'): Promise<string> {
  using visitor = new Visitor(site)
  const answer = await visitor.get(path)
  assert.equal(answer.status, 200, answer.body)
  return seenBy(answer).hostname
}

async function inTurn<Result>(times: number, once: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < times; i++) results.push(await once())
  return results
}

function hostnames(containers: readonly Container[]): string[] {
  return containers.map((container) => container.hostname)
}

/** 1 → 2 → 3 → 1 …, beginning anywhere. */
async function assertCyclic(project: ComposeProject, seen: readonly string[]): Promise<void> {
  const order = hostnames(await project.containers('dynamic'))
  const start = order.indexOf(seen[0] ?? '')
  assert.deepEqual(
    seen,
    seen.map((_, i) => order[(start + i) % order.length]),
  )
}

/** Two clients, one per service, that ask one request after the other until they are stopped. */
class SteadyClients {
  readonly #stop = new AbortController()
  readonly #failures = new Map<string, number>()
  readonly #loops = ['/', '/api/jokes/'].map((path) => this.#ask(path))

  /** Stops the clients; answers that were not a 200 and requests without an answer, by kind, with how many there were. */
  async failures(): Promise<Record<string, number>> {
    await this[Symbol.asyncDispose]()
    return Object.fromEntries(this.#failures)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
  }

  async #ask(path: string): Promise<void> {
    using visitor = new Visitor(site)
    while (!this.#stop.signal.aborted) {
      try {
        const { status } = await visitor.get(path)
        if (status !== 200) this.#count(`${path}: ${status}`)
      } catch (error) {
        this.#count(`${path}: ${String(error)}`)
      }
    }
  }
  #count(failure: string): void {
    this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1)
  }
}
