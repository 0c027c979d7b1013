// How a member leaves and comes back: networks, stops with sessions and limits, readiness paths, and crash loops.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { config, event, freePort, listen, startCluster, withMembers } from './one-member.ts'

describe('a network that is left', () => {
  const left = { ...event('disconnect'), network: 'shop' }

  test('takes the member out that is reached through it, and cuts its connections', async () => {
    await using cluster = startCluster()
    await using server = await listen(0)
    cluster.sync(config({ port: server.port, network: 'shop' }))
    await cluster.reaches('ready')
    cluster.observe(left)
    assert.equal(cluster.available(), false)
    assert.deepEqual([cluster.state(), cluster.connections()], ['down', 'cut'])
    assert.equal(cluster.reason(), 'container left its network')
  })

  test('is no concern of a member that is reached otherwise', async () => {
    await using cluster = startCluster()
    await using server = await listen(0)
    cluster.sync(config({ port: server.port, network: 'other' }))
    await cluster.reaches('ready')
    cluster.observe(left)
    assert.equal(cluster.available(), true)
  })

  test('and joined again before anybody looked: the member is back after a probe', async () => {
    await using cluster = startCluster()
    await using server = await listen(0)
    const declared = config({ port: server.port, network: 'shop' })
    cluster.sync(declared)
    await cluster.reaches('ready')
    cluster.observe(left)
    cluster.sync(declared)
    assert.equal(cluster.state(), 'starting')
    await cluster.reaches('ready')
    assert.equal(cluster.connections(), 'resume')
  })

  test('a member that Docker calls healthy has to accept at the address it comes back with', async () => {
    await using cluster = startCluster()
    const port = await freePort()
    const declared = config({ port, network: 'shop', health: 'healthy' })
    cluster.sync(declared)
    assert.equal(cluster.state(), 'ready')
    cluster.observe(left)
    cluster.sync(declared)
    assert.equal(cluster.state(), 'starting')
    await using _server = await listen(port)
    await cluster.reaches('ready')
  })
})

describe('a stop', () => {
  const draining = { keepsSessions: true, timeoutMs: 0 }

  test('cuts the connections of a member that was down already', async () => {
    await using cluster = startCluster()
    cluster.sync(config({ port: 9, health: 'unhealthy' }))
    cluster.observe(event('die'))
    assert.deepEqual(cluster.changes.at(-1)?.member.connections, 'cut')
  })

  test('leaves sessions with their member where the service says so, until it is gone', async () => {
    await using cluster = startCluster()
    await using server = await listen(0)
    cluster.sync(config({ port: server.port, settings: { draining } }))
    await cluster.reaches('ready')
    cluster.observe(event('drain'))
    assert.deepEqual([cluster.row().admits, cluster.connections()], ['sessions', 'resume'])
    cluster.observe(event('die'))
    assert.deepEqual([cluster.row().admits, cluster.connections()], ['nobody', 'cut'])
  })

  test('of a member that never was ready gives it no sessions', async () => {
    await using cluster = startCluster()
    cluster.sync(config({ port: await freePort(), settings: { draining } }))
    cluster.observe(event('drain'))
    assert.equal(cluster.row().admits, 'nobody')
  })

  test('breaks off what is under way when its time is over, and not before', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    await using cluster = startCluster()
    cluster.sync(config({ port: 9, health: 'healthy', settings: { draining: { ...draining, timeoutMs: 3000 } } }))
    cluster.observe(event('drain'))
    t.mock.timers.tick(2999)
    assert.deepEqual([cluster.row().admits, cluster.connections()], ['sessions', 'resume'])
    t.mock.timers.tick(1)
    assert.deepEqual([cluster.row().admits, cluster.connections()], ['nobody', 'break'])
    assert.equal(cluster.reason(), 'container is being stopped: its time to drain is over')
  })

  test('that is survived ends its drain: the next one has all its time again', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    await using cluster = startCluster()
    cluster.sync(
      config({ port: 9, health: 'healthy', settings: { draining: { keepsSessions: false, timeoutMs: 3000 } } }),
    )
    cluster.observe({ ...event('drain'), stopTimeoutMs: 0 })
    t.mock.timers.tick(2000)
    assert.equal(cluster.state(), 'ready')
    cluster.observe(event('drain'))
    t.mock.timers.tick(2000)
    assert.equal(cluster.connections(), 'rest')
  })
})

describe('a readiness path', () => {
  test('has to answer below 400 once before the member is ready, and is not asked again', async () => {
    await using cluster = startCluster()
    const asked: (string | undefined)[] = []
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`)
      response.writeHead(asked.length < 3 ? 503 : 302).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    cluster.sync(config({ port, settings: { readinessPath: '/ready?x' } }))
    assert.equal(cluster.reason(), 'waiting for its readiness path to answer')
    await cluster.reaches('ready')
    assert.equal(cluster.reason(), 'its readiness path answers')
    assert.deepEqual(asked, ['GET /ready?x', 'GET /ready?x', 'GET /ready?x'])
    server.close()
    await once(server, 'close')
  })
})

describe('a crash loop', () => {
  test('keeps the member waiting, with the reason, until its wait is over', async (t) => {
    await using cluster = startCluster()
    await using server = await listen(0)
    cluster.sync(config({ port: server.port }))
    await cluster.reaches('ready')
    // What was found running is not held to have just begun.
    cluster.observe(event('die'))
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const declared = config({ port: server.port })
    for (const at of [1, 2, 3]) {
      // Nothing is declared of it while it does not run.
      cluster.sync(withMembers([]))
      cluster.observe({ ...event('start'), at })
      cluster.sync(declared)
      if (at < 3) assert.match(cluster.reason() ?? '', /port/)
      if (at < 3) cluster.observe({ ...event('die'), at })
    }
    assert.deepEqual([cluster.state(), cluster.reason()], ['starting', 'restarted 2 times in 1 s: waits 1 s'])
    t.mock.timers.tick(1000)
    assert.match(cluster.reason() ?? '', /port/)
    await cluster.reaches('ready')
  })
})

test('events of containers that are nobody’s members, in any number and order, leave the members alone', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  const kinds = ['pause', 'die', 'drain', 'start', 'unpause', 'health', 'disconnect', 'destroy'] as const
  for (let i = 0; i < 30_000; i++) {
    const kind = kinds[i % kinds.length] ?? 'die'
    cluster.observe({ containerId: `stranger-${i % 15_000}`, name: 'x', kind, at: i % 2 === 0 ? 8e15 : -8e15 })
  }
  cluster.sync(config({ port: server.port, weight: 2 }))
  assert.equal(cluster.state(), 'ready')
})
