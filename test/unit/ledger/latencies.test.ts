import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bucketOf, latencyBuckets, percentile } from '../../../src/ledger/latencies.ts'

test('a percentile lies within a bucket of the time it stands for', () => {
  const ms = fc.double({ min: 0.01, max: 15_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 200 }), fc.constantFrom(0.01, 0.5, 0.99, 1), (times, part) => {
      const counts = new Uint32Array(latencyBuckets)
      for (const time of times) counts[bucketOf(time)]!++
      const exact = times.toSorted((a, b) => a - b)[Math.ceil(times.length * part) - 1] ?? 0
      const told = percentile(counts, part) ?? Number.NaN
      assert.ok(Math.abs(bucketOf(told) - bucketOf(exact)) <= 1, `${told} for ${exact}`)
    }),
  )
})

test('no answers have no percentile, and the slowest of all still has a bucket', () => {
  assert.equal(percentile(new Uint32Array(latencyBuckets), 0.5), undefined)
  assert.equal(bucketOf(Number.MAX_VALUE), latencyBuckets - 1)
})
