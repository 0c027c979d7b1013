// A stop that is announced before the engine hears of it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Cluster } from '../../../src/cluster/cluster.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ContainerEvent } from '../../../src/model/container-event.ts'
import type { MemberConfig } from '../../../src/model/service-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { eventually } from '../../support/eventually.ts'

const limitMs = 60_000
const ceilingMs = 5000
const { signal } = new AbortController()

test('a drain takes all members of the container out at once, and ends with their last request', async () => {
  await using stage = await openStage()
  const [web, admin] = stage.rows
  web.begin()
  admin.begin()
  const drained = watched(stage.cluster.drain('c1', limitMs, signal))
  assert.deepEqual(stage.states(), ['draining', 'draining'])
  assert.equal(web.available, false)
  web.end()
  await turns()
  assert.equal(drained.result, undefined)
  admin.end()
  assert.equal(await drained.promise, true)
  assert.deepEqual(stage.states(), ['draining', 'draining'], 'its stop is still to come')
})

test('a container without members is nothing to wait for', async () => {
  await using stage = await openStage()
  assert.equal(await stage.cluster.drain('c2', limitMs, signal), false)
})

test('a drain that is given up brings the members back, at once and as they were', async () => {
  await using stage = await openStage()
  stage.rows[0].begin()
  const stop = new AbortController()
  const drained = stage.cluster.drain('c1', limitMs, stop.signal)
  stop.abort()
  assert.deepEqual(stage.states(), ['ready', 'ready'])
  await drained
  assert.equal(stage.rows[0].available, true)
})

test('of two drains of a container the one that stays keeps it out', async () => {
  await using stage = await openStage()
  const [first, second] = [new AbortController(), new AbortController()]
  const both = [first, second].map((stop) => stage.cluster.drain('c1', limitMs, stop.signal))
  first.abort()
  assert.deepEqual(stage.states(), ['draining', 'draining'])
  second.abort()
  assert.deepEqual(stage.states(), ['ready', 'ready'])
  await Promise.all(both)
})

test('a stop that the engine tells of meanwhile is not taken back with the drain', async () => {
  await using stage = await openStage()
  const stop = new AbortController()
  const drained = stage.cluster.drain('c1', limitMs, stop.signal)
  stage.cluster.observe(event('drain'))
  stop.abort()
  assert.deepEqual(stage.states(), ['draining', 'draining'])
  await drained
})

test('a container that is stopped or paused already stays so', async () => {
  for (const [kind, state] of [
    ['drain', 'draining'],
    ['pause', 'paused'],
  ] as const) {
    await using stage = await openStage()
    stage.cluster.observe(event(kind))
    const stop = new AbortController()
    const drained = stage.cluster.drain('c1', limitMs, stop.signal)
    stop.abort()
    await drained
    assert.deepEqual(stage.states(), [state, state])
  }
})

test('a process that dies in its drain ends the wait', async () => {
  await using stage = await openStage()
  stage.rows[0].begin()
  const drained = stage.cluster.drain('c1', limitMs, signal)
  stage.cluster.observe(event('die'))
  assert.equal(await drained, true)
})

test('a stop that never comes brings the members back after the limit', async () => {
  await using stage = await openStage()
  // The margin of two seconds belongs to it.
  await stage.cluster.drain('c1', -1990, signal)
  await eventually(() => assert.deepEqual(stage.states(), ['ready', 'ready']), ceilingMs)
})

/** Two services with a member each on one container, both ready. */
async function openStage() {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ledger = new Ledger()
  const cluster = new Cluster(ledger, () => {})
  const names = ['web@docker', 'admin@docker'] as QualifiedName[]
  const container = { id: 'c1', name: 'web-1', health: 'none', paused: false } as const
  const member: MemberConfig = {
    id: 'c1:80',
    scheme: 'http',
    host: '127.0.0.1',
    port,
    weight: 1,
    slot: 'a/web/1',
    container,
  }
  const settings = { members: [member], passHostHeader: true, stickyCookie: undefined }
  cluster.sync({ ...emptyConfig, services: new Map(names.map((name) => [name, settings])) })
  const states = () => cluster.members.map(({ state }) => state)
  await eventually(() => assert.deepEqual(states(), ['ready', 'ready']), ceilingMs)
  const [web, admin] = names.map((name) => ledger.row(`${name}|c1:80`))
  assert.ok(web !== undefined && admin !== undefined)
  return {
    cluster,
    states,
    rows: [web, admin] as const,
    async [Symbol.asyncDispose]() {
      cluster[Symbol.dispose]()
      server.close()
      await once(server, 'close')
    },
  }
}

function event(kind: ContainerEvent['kind']): ContainerEvent {
  return { containerId: 'c1', name: 'web-1', kind, at: 0 }
}

function watched<T>(promise: Promise<T>): { readonly promise: Promise<T>; result: T | undefined } {
  const watch: { promise: Promise<T>; result: T | undefined } = { promise, result: undefined }
  void promise.then((result) => (watch.result = result))
  return watch
}

/** Several looks of the cluster's. */
async function turns(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setTimeout(resolve, 10))
}
