import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FailureWindow } from '../../../src/cluster/passive-check.ts'

const windowMs = 10_000

/** Failures as [when, how many], and after which of them the member must leave. */
const courses: readonly (readonly [string, number, readonly (readonly [number, number])[], readonly boolean[]])[] = [
  ['one is enough when one is allowed', 1, [[0, 1]], [true]],
  ['none is none', 1, [[0, 0]], [false]],
  ['fewer than allowed are borne', 3, [[0, 2]], [false]],
  ['several at once count as several', 3, [[0, 3]], [true]],
  [
    'within the window they count together',
    3,
    [
      [0, 1],
      [4000, 1],
      [9400, 1],
    ],
    [false, false, true],
  ],
  [
    'what is older than the window is forgotten',
    3,
    [
      [0, 2],
      [10_000, 1],
      [10_001, 1],
    ],
    [false, false, false],
  ],
  [
    'no new failure gives no new reason to leave',
    1,
    [
      [0, 1],
      [1, 0],
    ],
    [true, false],
  ],
  [
    'a clock that was set back forgets nothing',
    2,
    [
      [50_000, 1],
      [0, 1],
    ],
    [false, true],
  ],
]

for (const [name, maxFailedAttempts, failures, expected] of courses) {
  test(name, () => {
    const window = new FailureWindow({ failureWindowMs: windowMs, maxFailedAttempts })
    assert.deepEqual(
      failures.map(([nowMs, count]) => window.add(count, nowMs)),
      expected,
    )
  })
}

test('a reset forgets all', () => {
  const window = new FailureWindow({ failureWindowMs: windowMs, maxFailedAttempts: 2 })
  window.add(1, 0)
  window.reset()
  assert.equal(window.add(1, 1), false)
  assert.equal(window.add(1, 2), true)
})

test('it is exact but for a twentieth of the window', () => {
  const failures = fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.integer({ min: 1, max: 4 })), { maxLength: 100 })
  fc.assert(
    fc.property(failures, fc.integer({ min: 1, max: 20 }), (steps, maxFailedAttempts) => {
      const window = new FailureWindow({ failureWindowMs: windowMs, maxFailedAttempts })
      const seen: { atMs: number; count: number }[] = []
      let nowMs = 0
      for (const [laterMs, count] of steps) {
        nowMs += laterMs
        seen.push({ atMs: nowMs, count })
        const within = (ms: number): number =>
          seen.filter(({ atMs }) => nowMs - atMs < ms).reduce((sum, each) => sum + each.count, 0)
        const leaves = window.add(count, nowMs)
        if (leaves) assert.ok(within(windowMs) >= maxFailedAttempts)
        else assert.ok(within(windowMs * 0.95) < maxFailedAttempts)
      }
    }),
  )
})
