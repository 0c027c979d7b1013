// Every class of bad input: what of it still works, what is refused and how, and that the problem names the container, the label,
// the reason and the way out. Beside each a good neighbour, who never notices.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import test, { after, describe } from 'node:test'
import { composed, startFakeEngine } from '../support/fake-engine.ts'
import type { FakeContainer } from '../support/fake-engine.ts'
import { startMuster } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { askApi } from './ask.ts'
import { openBackends, whyNoPorts } from './backends.ts'
import { unbuildable, undecodable, unlinkable } from './bad-labels.ts'
import type { Case } from './bad-labels.ts'
import type { Listener } from './containers.ts'
import { runIn } from './place.ts'

interface Shown {
  readonly severity: 'error' | 'warning'
  readonly container: string
  readonly label?: string
  readonly reason: string
  readonly hint?: string
  readonly object?: { readonly kind: string; readonly name: string }
}

const root = 'traefik.http'

const skip = await whyNoPorts()

// No name server is asked what the host is called.
const place = runIn({ containerId: undefined, hostAddress: undefined })
after(() => place[Symbol.dispose]())

const clusters = {
  'what cannot be decoded': undecodable,
  'what cannot be built': unbuildable,
  'what cannot be linked': unlinkable,
}

for (const [nth, [kind, cases]] of Object.entries(clusters).entries()) {
  describe(kind, { concurrency: 4, skip }, () => {
    for (const [index, one] of cases.entries()) test(one.name, () => play(one, 10 + 50 * nth + index))
  })
}

async function play(
  { labels, container, status, severity = 'error', label, reason, hint, name }: Case,
  number: number,
): Promise<void> {
  const rule = { [`${root}.routers.bad.rule`]: 'Host(`bad.test`)', ...labels }
  const address = `127.201.${number}.3`
  const own = Object.fromEntries(
    Object.entries(rule).map(([key, value]) => [key, value.replace('127.201.0.3', address)]),
  )
  await using cluster = await startCluster(number)
  cluster.add(
    composed('other', 'bad', 1, { exposed: ['80/tcp'], networks: { shared: address }, ...container, labels: own }),
  )
  await using _bad = await openBackends([backendAt(address, 'other-bad-1')])
  const problems = await eventually(() => cluster.problemsOf('other-bad-1'), 3000)
  const found = problems.find((problem) => problem.label === label && reason.test(problem.reason))
  assert.ok(found, `${name}: ${JSON.stringify(problems, null, 2)}`)
  assert.equal(found.severity, severity)
  assert.match(found.hint ?? '', hint ?? /^/)
  await eventually(async () => assert.equal(await statusOf(cluster.port, 'bad.test'), status), 2000)
  assert.equal(await statusOf(cluster.port, 'good.test'), 200)
}

const replica = { exposed: ['80/tcp'], networks: { shared: '127.201.3.9' } }

describe('conflicts', { skip }, () => {
  test('within a project: the newest serves, the other is told, nothing is deleted', async () => {
    await using cluster = await startCluster(3)
    await using _newer = await openBackends([backendAt('127.201.3.9', 'good-other-1')])
    const taken = { [`${root}.routers.good.rule`]: 'Host(`newer.test`)' }
    cluster.add(composed('good', 'other', 1, { ...replica, labels: taken }))
    await eventually(async () => assert.equal(await statusOf(cluster.port, 'newer.test'), 200), 3000)
    const [problem] = await cluster.problemsOf('good-web-1')
    assert.equal(problem?.reason, 'is declared differently by "good-web-1" and "good-other-1"; the latter is followed')
    assert.deepEqual(problem.object, { kind: 'router', name: 'good' })
    assert.equal(problem.hint, 'give each a name of its own')
  })

  test('between projects: the first holder keeps the name, the other is told', async () => {
    await using cluster = await startCluster(4)
    const taken = { [`${root}.routers.good.rule`]: 'Host(`good.test`) && PathPrefix(`/`)' }
    cluster.add(composed('thief', 'web', 1, { ...replica, labels: taken }))
    const [problem] = await eventually(() => cluster.problemsOf('thief-web-1'), 3000)
    assert.equal(problem?.reason, 'the name is taken: "good-web-1" (project "good") had it before "thief-web-1"')
    assert.equal(problem.severity, 'error')
    assert.equal(problem.hint, 'choose another name')
    assert.equal(await statusOf(cluster.port, 'good.test'), 200)
  })
})

describe('options', () => {
  test('an unknown one: Muster does not start, and names the nearest', async () => {
    await assert.rejects(
      startMuster('--providers.dokcer.exposedbydefault=false'),
      /"--providers\.dokcer.*did you mean "docker"/,
    )
  })

  test('a bad value: Muster does not start, and says what it takes', async () => {
    await assert.rejects(
      startMuster('--providers.docker.watch=ja'),
      /"--providers\.docker\.watch": "ja" is not true or false/,
    )
  })
})

interface Cluster extends AsyncDisposable {
  readonly port: number
  add(container: FakeContainer): string
  /** Rejects while there are none. */
  problemsOf(container: string): Promise<readonly Shown[]>
}

/** Muster with one good container that serves already. */
async function startCluster(number: number): Promise<Cluster> {
  await using stack = new AsyncDisposableStack()
  const engine = stack.use(await startFakeEngine())
  const host = `127.201.${number}.2`
  const labels = { [`${root}.routers.good.rule`]: 'Host(`good.test`)' }
  engine.add(composed('good', 'web', 1, { exposed: ['80/tcp'], networks: { shared: host }, labels }))
  stack.use(await openBackends([backendAt(host, 'good-web-1')]))
  const app = stack.use(await startMuster(`--providers.docker.endpoint=${engine.endpoint}`))
  await eventually(async () => assert.equal(await statusOf(app.port, 'good.test'), 200), 3000)
  const owned = stack.move()
  return {
    port: app.port,
    add: (container) => engine.add(container),
    async problemsOf(container) {
      const problems = await askApi<Shown>(`http://127.0.0.1:${app.apiPort}/api/muster/problems`)
      const own = problems.filter((problem) => problem.container === container)
      assert.notEqual(own.length, 0)
      return own
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function backendAt(host: string, container: string): Listener {
  return { host, port: 80, service: 'web', container, network: 'shared' }
}

async function statusOf(port: number, host: string): Promise<number | undefined> {
  const [response] = (await once(get({ host: '127.0.0.1', port, headers: { host }, agent: false }), 'response')) as [
    IncomingMessage,
  ]
  response.resume()
  return response.statusCode
}
