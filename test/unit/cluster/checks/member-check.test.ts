import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCheck, type Verdict } from '../../../../src/cluster/checks/member-check.ts'
import { eventually } from '../../../support/eventually.ts'
import { startOrigin, startRawOrigin } from '../../../support/origin.ts'
import { down, healthCheck, localTarget, up } from './checking.ts'

test('each change of a verdict and of its reason is told once, and nothing in between', async () => {
  // Two of each, so that what is told twice would show.
  const statuses = [503, 503, 500, 500, 200, 200, 200, 200, 404, 404, 404, 200, 200]
  let asked = 0
  await using origin = await startOrigin((_, response) => response.writeHead(statuses[asked++] ?? 200).end())
  const told: Verdict[] = []
  using _check = startCheck(localTarget(origin.port), healthCheck({ rise: 2, fall: 3 }), (verdict) =>
    told.push(verdict),
  )
  assert.deepEqual(told, [])
  await eventually(() => assert.ok(asked > statuses.length + 2), 10_000)
  assert.deepEqual(told, [
    down('GET /health answered 503'),
    down('GET /health answered 500'),
    down('check passed, 1 of 2 times'),
    up,
    { up: true, reason: 'GET /health answered 404, 1 of 3 times' },
    { up: true, reason: 'GET /health answered 404, 2 of 3 times' },
    down('GET /health answered 404'),
    down('check passed, 1 of 2 times'),
    up,
  ])
})

test('a member that is up is asked every interval, and one that is down every unhealthy interval', async () => {
  for (const status of [200, 503]) {
    let asked = 0
    await using origin = await startOrigin((_, response) => response.writeHead(status).end(String(asked++)))
    const [often, never] = [20, 1e9]
    const [intervalMs, unhealthyIntervalMs] = status === 200 ? [often, never] : [never, often]
    using _check = startCheck(localTarget(origin.port), healthCheck({ intervalMs, unhealthyIntervalMs }), () => {})
    await eventually(() => assert.ok(asked > 2), 10_000)
  }
})

test('a reason is the same from check to check', async () => {
  let connections = 0
  await using origin = await startRawOrigin((peer) => {
    connections++
    peer.socket.resetAndDestroy()
  })
  const told: Verdict[] = []
  using _check = startCheck(localTarget(origin.port), healthCheck(), (verdict) => told.push(verdict))
  await eventually(() => assert.ok(connections > 4), 10_000)
  assert.deepEqual(told, [down('connection closed before an answer')])
})

test('a check never meets the next one of the same member, and ends before it', async () => {
  let [open, openMost] = [0, 0]
  await using origin = await startRawOrigin((peer) => {
    open++
    openMost = Math.max(open, openMost)
    peer.socket.on('end', () => {
      open--
      peer.socket.destroy()
    })
  })
  const config = healthCheck({ timeoutMs: 60, unhealthyIntervalMs: 20 })
  using _check = startCheck(localTarget(origin.port), config, () => {})
  await origin.peer(4)
  assert.equal(openMost, 1)
})

test('a member that hangs delays nobody', async () => {
  await using silent = await startRawOrigin()
  await using origin = await startOrigin((_, response) => response.end())
  using checks = new DisposableStack()
  const ofSilent: Verdict[] = []
  for (let i = 0; i < 50; i++) {
    checks.use(
      startCheck(localTarget(silent.port), healthCheck({ timeoutMs: 1e9 }), (verdict) => ofSilent.push(verdict)),
    )
  }
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  checks.use(startCheck(localTarget(origin.port), healthCheck(), resolve))
  assert.deepEqual(await promise, up)
  assert.deepEqual(ofSilent, [])
})

test('disposal ends a check under way, and nothing is told afterwards', async () => {
  for (const mode of ['http', 'grpc'] as const) {
    await using silent = await startRawOrigin()
    const told: Verdict[] = []
    const check = startCheck(localTarget(silent.port), healthCheck({ mode }), (verdict) => told.push(verdict))
    const peer = await silent.peer(0)
    check[Symbol.dispose]()
    await peer.over
    await new Promise(setImmediate)
    assert.deepEqual(told, [])
    assert.equal(silent.peers.length, 1)
  }
})

test('disposal while a verdict is told is the end', async () => {
  await using origin = await startOrigin((_, response) => response.end())
  const told: Verdict[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const check = startCheck(localTarget(origin.port), healthCheck({ intervalMs: 0 }), (verdict) => {
    told.push(verdict)
    check[Symbol.dispose]()
    resolve()
  })
  await promise
  // Another check, several times asked, is the clock.
  let others = 0
  await using clock = await startOrigin((_, response) => response.end(String(others++)))
  using _check = startCheck(localTarget(clock.port), healthCheck(), () => {})
  await eventually(() => assert.ok(others > 4), 10_000)
  assert.deepEqual(told, [up])
  assert.equal(origin.connections, 1)
})

test('disposal before the first check ended, and disposal twice, are nothing special', async () => {
  await using origin = await startOrigin((_, response) => response.end())
  const told: Verdict[] = []
  const check = startCheck(localTarget(origin.port), healthCheck(), (verdict) => told.push(verdict))
  check[Symbol.dispose]()
  check[Symbol.dispose]()
  await new Promise(setImmediate)
  assert.deepEqual(told, [])
})
