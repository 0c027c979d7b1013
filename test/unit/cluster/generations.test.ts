// A service that asks for a cutover: new sessions go to the newest generation that is ready, and to that one alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerRef } from '../../../src/model/service-config.ts'
import { Replicas } from './replicas.ts'
import type { Wish } from './replicas.ts'

test('once one of the newer generation is ready, older ones keep their sessions alone', () => {
  using stage = new Replicas({ rollout: 'cutover' })
  stage.declare(old('a'), old('b'), fresh('c', 'starting'), fresh('d', 'starting'))
  assert.deepEqual(stage.takes(), { a: 'everybody', b: 'everybody', c: 'nobody', d: 'nobody' })
  stage.health('c', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', b: 'sessions', c: 'everybody', d: 'nobody' })
  assert.equal(stage.reason('a'), 'a newer generation is ready: only its sessions')
  stage.health('d', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', b: 'sessions', c: 'everybody', d: 'everybody' })
})

test('when nobody of the newer generation is ready any more, the one before is back', () => {
  using stage = new Replicas({ rollout: 'cutover' })
  stage.declare(old('a'), fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
  stage.health('c', 'unhealthy')
  assert.deepEqual(stage.takes(), { a: 'everybody', c: 'nobody' })
  stage.health('c', 'healthy')
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
  stage.declare(old('a'))
  assert.deepEqual(stage.takes(), { a: 'everybody' })
})

test('a container from before the label is older than any that has it', () => {
  using stage = new Replicas({ rollout: 'cutover' })
  stage.declare({ name: 'a', health: 'healthy' }, fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'sessions', c: 'everybody' })
})

test('a service that does not ask for it mixes generations', () => {
  using stage = new Replicas({})
  stage.declare(old('a'), fresh('c', 'healthy'))
  assert.deepEqual(stage.takes(), { a: 'everybody', c: 'everybody' })
})

function old(name: string): Wish {
  return { name, health: 'healthy', generation: { id: 'v1', at: 1000 } }
}

function fresh(name: string, health: ContainerRef['health']): Wish {
  return { name, health, generation: { id: 'v2', at: 2000 } }
}
