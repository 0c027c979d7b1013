import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ContainerSet } from '../../../../src/provider/docker/container-set.ts'
import { container } from './containers.ts'

test('containers are in the order of their names, then ids, whenever they came', () => {
  const set = new ContainerSet()
  for (const [name, id] of [
    ['b', '2'],
    ['c', '1'],
    ['a', '3'],
    ['b', '0'],
  ] as const) {
    set.put(container(name, { id }))
  }
  assert.deepEqual(
    set.ordered().map(({ name, id }) => name + id),
    ['a3', 'b0', 'b2', 'c1'],
  )
})

test('a list that was given stays as it was, and is given again while nothing changes', () => {
  const set = new ContainerSet()
  const [a, b] = [container('a'), container('b')]
  set.put(a)
  const first = set.ordered()
  assert.equal(set.ordered(), first)
  set.put(b)
  set.delete(a.id)
  assert.deepEqual([first, set.ordered()], [[a], [b]])
})
