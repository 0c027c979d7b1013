// No request is lost while a whole project is recreated, nor while Muster itself starts: they wait.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { composed, startFakeEngine } from '../support/fake-engine.ts'
import type { FakeEngine } from '../support/fake-engine.ts'

const host = 'shop.example'
const port = 18_000 + (process.pid % 1000)

for (const threads of [0, 2]) {
  test(`a project that is recreated as a whole answers every request, with ${threads} threads`, async () => {
    await using engine = await startFakeEngine()
    await using _old = await listenAt('127.0.77.1', 'old')
    const old = engine.add(replica(1, '127.0.77.1'))
    await using muster = await startMuster(`--providers.docker.endpoint=${engine.endpoint}`, `--threads=${threads}`)
    await muster.logged(({ fields }) => fields['after'] === 'ready')
    assert.equal((await ask(muster.port, '/', { host })).body, 'old')

    // As compose does it: the new one is made, the old one killed and removed, and only then the new one started.
    const fresh = engine.add({ ...replica(1, '127.0.77.2'), running: false })
    engine.announce(fresh)
    await eventually(() => assert.ok(engine.requests.some(({ path }) => path === `/containers/${fresh}/json`)), 5000)
    engine.kill(old, 15)
    engine.die(old)
    engine.remove(old)
    const waiting = ['GET', 'POST', 'PUT'].map((method) => ask(muster.port, '/', { host, method }))
    await eventually(async () => assert.deepEqual(await waits(muster.apiPort), { waiting: 3, waited: 0 }), 10_000)
    await muster.logged(({ fields }) => String(fields['because']).startsWith('destroy'))
    engine.start(fresh)
    await muster.logged(({ fields }) => fields['after'] === 'starting' && fields['before'] === 'new')
    waiting.push(ask(muster.port, '/', { host }))
    await using _fresh = await listenAt('127.0.77.2', 'new')
    const answers = await Promise.all(waiting)
    assert.deepEqual(
      answers.map(({ status, body }) => `${status} ${body}`),
      Array(4).fill('200 new'),
    )
    await eventually(async () => assert.deepEqual(await waits(muster.apiPort), { waiting: 0, waited: 4 }), 10_000)
  })
}

test('requests that come before Muster has heard of any container are answered by one', async () => {
  await using engine = await startFakeEngine()
  await engine.shutDown()
  await using muster = await startMuster(`--providers.docker.endpoint=${engine.endpoint}`)
  const waiting = [ask(muster.port, '/', { host }), ask(muster.port, '/x', { host, method: 'POST' })]
  await using _member = await listenAt('127.0.77.3', 'here')
  engine.add(replica(1, '127.0.77.3'))
  await engine.listen()
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ body }) => body),
    ['here', 'here'],
  )
})

test('one of them whose own service has nobody keeps the others from nothing', async () => {
  await using engine = await startFakeEngine()
  await engine.shutDown()
  await using muster = await startMuster(`--providers.docker.endpoint=${engine.endpoint}`)
  const first = connect(muster.port, '127.0.0.1')
  first.write('GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n')
  await once(first, 'connect')
  const second = ask(muster.port, '/', { host })
  await using _member = await listenAt('127.0.77.4', 'here')
  engine.add(replica(1, '127.0.77.4'))
  engine.add(nobodyListens('127.0.77.5'))
  await engine.listen()
  assert.equal((await second).body, 'here')
  assert.equal(first.bytesRead, 0)
  first.destroy()
})

test('a client that hangs up while it waits leaves nothing behind, and Muster stops in good order', async () => {
  await using engine = await startFakeEngine()
  engine.add(replica(1, '127.0.77.9'))
  await using muster = await startMuster(`--providers.docker.endpoint=${engine.endpoint}`)
  await muster.logged(({ fields }) => fields['after'] === 'starting')
  const client = connect(muster.port, '127.0.0.1')
  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  await once(client, 'connect')
  client.destroy()
  await once(client, 'close')
  assert.equal(muster.log.filter(({ level }) => level === 'error').length, 0)
})

/** Of the one service: how many requests wait, and have waited. */
async function waits(apiPort: number): Promise<object> {
  const { body } = await ask(apiPort, '/api/muster/balancers')
  const found = (JSON.parse(body) as { name: string; waiting: number; waited: number }[]).find(
    ({ name }) => name === 'web@docker',
  )
  return { waiting: found?.waiting, waited: found?.waited }
}

function replica(number: number, address: string): Parameters<FakeEngine['add']>[0] {
  return composed('shop', 'web', number, {
    networks: { shop: address },
    labels: {
      'muster.http.routers.web.rule': `Host(\`${host}\`)`,
      'muster.http.services.web.loadbalancer.server.port': String(port),
    },
  })
}

function nobodyListens(address: string): Parameters<FakeEngine['add']>[0] {
  return composed('empty', 'web', 1, {
    networks: { empty: address },
    labels: {
      'muster.http.routers.empty.rule': 'Host(`nobody.example`)',
      'muster.http.services.empty.loadbalancer.server.port': String(port),
    },
  })
}

async function listenAt(address: string, name: string): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume()
    response.end(name)
  })
  server.listen(port, address)
  await once(server, 'listening')
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
