import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jittered } from '../../../../src/cluster/checks/pace.ts'

test('a wait is within a tenth of the interval, and the same each time it is asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 1e9 }), fc.string(), fc.nat(), (intervalMs, key, count) => {
      const waitMs = jittered(intervalMs, key, count)
      assert.ok(waitMs >= Math.floor(0.9 * intervalMs) && waitMs <= Math.ceil(1.1 * intervalMs), String(waitMs))
      assert.equal(jittered(intervalMs, key, count), waitMs)
    }),
  )
})

test('a thousand members are spread over the whole range, and so are the checks of one', () => {
  const ofMany = Array.from({ length: 1000 }, (_, i) => jittered(30_000, `http 10.0.${i >> 8}.${i & 255}:80`, 0))
  const ofOne = Array.from({ length: 1000 }, (_, count) => jittered(30_000, 'http 10.0.0.1:80', count))
  for (const waits of [ofMany, ofOne]) {
    const tenths = Array<number>(10).fill(0)
    for (const waitMs of waits) {
      const tenth = Math.min(Math.floor((waitMs - 27_000) / 600), 9)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    // 100 each on average; the hash is fixed, so this holds always or never.
    assert.ok(Math.min(...tenths) > 60 && Math.max(...tenths) < 140, tenths.join(' '))
  }
})

test('an interval beyond the longest timer does not fire at once, and none is no busy loop', () => {
  assert.equal(jittered(1e15, 'a', 0), 2 ** 31 - 1)
  assert.equal(jittered(0, 'a', 0), 10)
})
