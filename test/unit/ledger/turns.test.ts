import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { smoothSequence, Turns, turnsMemory } from '../../../src/ledger/turns.ts'

test('turns are taken in the order of the sequence, again and again', () => {
  const turns = new Turns(turnsMemory([0, 1, 2], 1))
  assert.deepEqual(take(turns, 5), [1, 2, 0, 1, 2])
})

test('who may not take a turn is passed over, and the others keep their order', () => {
  const turns = new Turns(turnsMemory([0, 1, 2], 0))
  const taken = [0, 0, 0, 0].map(() => turns.take((member) => member !== 1))
  assert.deepEqual(taken, [0, 2, 0, 2])
})

test('there is no turn where nobody may take it', () => {
  assert.equal(
    new Turns(turnsMemory([0, 1], 0)).take(() => false),
    undefined,
  )
  assert.equal(
    new Turns(turnsMemory([], 0)).take(() => true),
    undefined,
  )
})

test('a sequence gives each member its share of the weights, and is no longer than it must be', () => {
  assert.deepEqual(smoothSequence([3, 1]), [0, 0, 1, 0])
  assert.deepEqual(smoothSequence([100, 100, 100]), [0, 1, 2])
  assert.deepEqual(smoothSequence([]), [])
})

test('weights without a common divisor are met to one part in ten thousand, and nobody is left out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 5 }), (weights) => {
      const sequence = smoothSequence(weights)
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      assert.ok(sequence.length <= 10_000 + weights.length)
      for (const [index, weight] of weights.entries()) {
        const share = sequence.filter((member) => member === index).length / sequence.length
        assert.ok(share > 0 && Math.abs(share - weight / total) < 0.001)
      }
    }),
    { numRuns: 30 },
  )
})

test('whoever was due stays due when members join and leave', () => {
  const ledger = new Ledger()
  const places = (keys: string) => [...keys].map((key) => ({ key, weight: 1 }))
  take(ledger.arrange('web@test', places('ab')), 5)
  const joined = ledger.arrange('web@test', places('abc'))
  assert.deepEqual(take(joined, 4), [1, 2, 0, 1])
  assert.deepEqual(take(ledger.arrange('web@test', places('ab')), 3), [0, 1, 0])
  assert.equal(ledger.arrange('web@test', places('ab')), ledger.turns('web@test'))
})

test('two threads together give every member exactly its turns', async () => {
  const memory = turnsMemory([0, 1, 2], 0)
  const each = 30_000
  const program = new URL('../../support/turn-taker.ts', import.meta.url)
  const counts = await Promise.all(
    [1, 2].map(async () => {
      const [taken] = (await once(new Worker(program, { workerData: { memory, each } }), 'message')) as [number[]]
      return taken
    }),
  )
  const sums = [0, 1, 2].map((member) => counts.reduce((sum, taken) => sum + (taken[member] ?? 0), 0))
  assert.deepEqual(sums, [(2 * each) / 3, (2 * each) / 3, (2 * each) / 3])
})

function take(turns: Turns, count: number): (number | undefined)[] {
  return Array.from({ length: count }, () => turns.take(() => true))
}
