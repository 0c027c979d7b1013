import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { config, event, freePort, listen, member, startCluster, withMembers } from './one-member.ts'

test('a started container takes no request before its port accepts, and every one after', async () => {
  await using cluster = startCluster()
  const port = await freePort()
  cluster.sync(config({ port }))
  assert.equal(cluster.available(), false)
  assert.equal(cluster.state(), 'starting')
  await using _server = await listen(port)
  await cluster.reaches('ready')
  assert.equal(cluster.available(), true)
})

test('a stop takes the member out in the same instant, without a new configuration', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  cluster.observe(event('drain'))
  assert.equal(cluster.available(), false)
  assert.equal(cluster.state(), 'draining')
})

test('a container that survives its stop signal is probed and taken back', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  cluster.observe({ ...event('drain'), stopTimeoutMs: -1990 })
  assert.equal(cluster.state(), 'draining')
  await cluster.reaches('ready')
})

test('a kill observed before the declaration of its member is not forgotten by it', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.observe(event('drain'))
  cluster.sync(config({ port: server.port }))
  assert.equal(cluster.state(), 'draining')
})

test('a restarted container proves again that it accepts', async () => {
  await using cluster = startCluster()
  const port = await freePort()
  {
    await using _server = await listen(port)
    cluster.sync(config({ port }))
    await cluster.reaches('ready')
  }
  cluster.observe(event('die'))
  assert.equal(cluster.state(), 'down')
  cluster.observe(event('start'))
  assert.equal(cluster.state(), 'starting')
  await using _again = await listen(port)
  await cluster.reaches('ready')
})

test('a destroyed container never comes back by itself', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  cluster.observe(event('die'))
  cluster.observe(event('destroy'))
  assert.equal(cluster.available(), false)
  assert.equal(cluster.state(), 'down')
})

test('a paused container is out at once and back after a probe', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  cluster.observe(event('pause'))
  assert.equal(cluster.state(), 'paused')
  cluster.observe(event('unpause'))
  assert.equal(cluster.available(), false)
  await cluster.reaches('ready')
})

test('Docker health decides alone where an image has a HEALTHCHECK', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port, health: 'starting' }))
  assert.equal(cluster.state(), 'starting')
  cluster.observe({ ...event('health'), health: 'healthy' })
  assert.equal(cluster.available(), true)
  cluster.observe({ ...event('health'), health: 'unhealthy' })
  assert.equal(cluster.available(), false)
})

test('counters survive a configuration change and go with the member', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  for (let i = 0; i < 7; i++) cluster.row().begin()
  cluster.sync(config({ port: server.port, weight: 3 }))
  assert.equal(cluster.row().elected, 7)
  assert.equal(cluster.available(), true)
  cluster.sync(emptyConfig)
  assert.deepEqual(cluster.changes.at(-1)?.after, 'gone')
  assert.equal(cluster.row().elected, 0)
})

test('a container that only changes its service need not prove itself again', async () => {
  await using cluster = startCluster()
  await using server = await listen(0)
  cluster.sync(config({ port: server.port }))
  await cluster.reaches('ready')
  const renamed = { members: [member({ port: server.port })], passHostHeader: true, stickyCookie: undefined }
  cluster.sync({ ...emptyConfig, services: new Map([['renamed@docker' as QualifiedName, renamed]]) })
  assert.equal(cluster.state(), 'ready')
})

test('a second stop signal begins the wait for the end anew', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await using cluster = startCluster()
  cluster.sync(config({ port: 9, health: 'healthy' }))
  cluster.observe({ ...event('drain'), stopTimeoutMs: 1000 })
  t.mock.timers.tick(2500)
  cluster.observe({ ...event('drain'), stopTimeoutMs: 1000 })
  t.mock.timers.tick(2500)
  assert.equal(cluster.state(), 'draining')
  t.mock.timers.tick(500)
  assert.equal(cluster.state(), 'ready')
})

test('a stop that waits for ever keeps the member out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await using cluster = startCluster()
  cluster.sync(config({ port: 9, health: 'healthy' }))
  cluster.observe({ ...event('drain'), stopTimeoutMs: Infinity })
  t.mock.timers.tick(2 ** 30)
  assert.equal(cluster.state(), 'draining')
})

test('a member out of a file is ready at once', async () => {
  await using cluster = startCluster()
  const { container: _, ...fromFile } = member({ port: 9 })
  cluster.sync(withMembers([{ ...fromFile, container: undefined }]))
  assert.equal(cluster.state(), 'ready')
})
