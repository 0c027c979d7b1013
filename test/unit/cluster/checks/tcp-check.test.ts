import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRawOrigin } from '../../../support/origin.ts'
import { checked, down, localTarget, up } from './checking.ts'

test('a port that accepts passes, nothing is said to it, and the connection is closed', async () => {
  await using origin = await startRawOrigin()
  for (const scheme of ['http', 'https'] as const) {
    assert.deepEqual(await checked(localTarget(origin.port, { scheme }), { mode: 'tcp' }), up)
  }
  for (const peer of await Promise.all([origin.peer(0), origin.peer(1)])) assert.equal(await peer.all(), '')
})

test('a port where nobody listens refuses', async () => {
  const origin = await startRawOrigin()
  await origin[Symbol.asyncDispose]()
  assert.deepEqual(await checked(localTarget(origin.port), { mode: 'tcp' }), down('connection refused'))
})

test('another port than that of its requests may be checked', async () => {
  await using origin = await startRawOrigin()
  assert.deepEqual(await checked(localTarget(1), { mode: 'tcp', port: origin.port }), up)
})
