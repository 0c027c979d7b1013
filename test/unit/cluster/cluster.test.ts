import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { test } from 'node:test'
import { Cluster } from '../../../src/cluster/cluster.ts'
import type { MemberChange } from '../../../src/cluster/entry.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ContainerEvent } from '../../../src/model/container-event.ts'
import type { ContainerRef, MemberConfig } from '../../../src/model/dynamic-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { DynamicConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'

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

const service = 'web@docker' as QualifiedName

function startCluster() {
  const ledger = new Ledger()
  const changes: MemberChange[] = []
  const waiting = new Map<string, () => void>()
  const cluster = new Cluster(ledger, (change) => {
    changes.push(change)
    waiting.get(change.after)?.()
  })
  return {
    changes,
    sync: (config: DynamicConfig) => cluster.sync(config),
    observe: (event: ContainerEvent) => cluster.observe(event),
    row: () => ledger.row(`${service}|c1:80`),
    available: () => ledger.row(`${service}|c1:80`).available,
    state: () => cluster.members[0]?.state,
    async reaches(state: string) {
      if (cluster.members[0]?.state === state) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(state, resolve)
      await promise
    },
    async [Symbol.asyncDispose]() {
      cluster[Symbol.dispose]()
    },
  }
}

interface MemberOptions {
  readonly port: number
  readonly weight?: number
  readonly health?: ContainerRef['health']
}

function config(options: MemberOptions): DynamicConfig {
  return withMembers([member(options)])
}

function withMembers(members: readonly MemberConfig[]): DynamicConfig {
  return { ...emptyConfig, services: new Map([[service, { members, passHostHeader: true, stickyCookie: undefined }]]) }
}

function member({ port, weight = 1, health = 'none' }: MemberOptions): MemberConfig {
  const container: ContainerRef = { id: 'c1', name: 'web-1', health, paused: false }
  return { id: 'c1:80', scheme: 'http', host: '127.0.0.1', port, weight, slot: 'demo/web/1', container }
}

function event(kind: ContainerEvent['kind']): ContainerEvent {
  return { containerId: 'c1', name: 'web-1', kind, at: 0 }
}

async function listen(port: number): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer((socket) => socket.destroy())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), [Symbol.asyncDispose]: () => close(server) }
}

async function freePort(): Promise<number> {
  await using server = await listen(0)
  return server.port
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
