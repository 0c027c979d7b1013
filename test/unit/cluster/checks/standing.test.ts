import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextStanding, unproven } from '../../../../src/cluster/checks/standing.ts'

/** Checks as they end (`+` passed, `-` failed) and where the member stands after each (`U` up, `.` down). */
const courses: readonly (readonly [string, number, number, string, string])[] = [
  ['a first pass is enough when one is', 1, 1, '+', 'U'],
  ['a first failure leaves it down', 1, 1, '-', '.'],
  ['each check counts when one is enough', 1, 1, '+-+-', 'U.U.'],
  ['the very first check is one of those that take it in', 2, 1, '++', '.U'],
  ['a failure between makes the passes count from the start', 3, 1, '++-+++', '.....U'],
  ['as many failures in a row take it out', 1, 3, '+---', 'UUU.'],
  ['a pass between makes the failures count from the start', 1, 3, '+--+--+---', 'UUUUUUUUU.'],
  ['after it was taken out it must prove itself as before', 2, 2, '++--+-++', '.UU....U'],
]

for (const [name, rise, fall, checks, expected] of courses) {
  test(name, () => assert.equal(course(checks, rise, fall), expected))
}

test('only enough checks of one kind in a row decide, however they are mixed', () => {
  const counts = fc.integer({ min: 1, max: 5 })
  const checks = fc.array(fc.constantFrom('+', '-'), { maxLength: 60 }).map((each) => each.join(''))
  fc.assert(
    fc.property(checks, counts, counts, (text, rise, fall) => {
      const up = Array.from(text, (_, i) => {
        const so = text.slice(0, i + 1)
        const end = (row: string): number => (so.includes(row) ? so.lastIndexOf(row) + row.length : -1)
        return end('+'.repeat(rise)) > end('-'.repeat(fall))
      })
      assert.equal(course(text, rise, fall), up.map((each) => (each ? 'U' : '.')).join(''))
    }),
  )
})

function course(checks: string, rise: number, fall: number): string {
  let standing = unproven
  return Array.from(checks, (check) => {
    standing = nextStanding(standing, check === '+', { rise, fall })
    return standing.up ? 'U' : '.'
  }).join('')
}
