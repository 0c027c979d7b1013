import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { outliers, type OutlierSample } from '../../../src/cluster/outliers.ts'

const config = { intervalMs: 10_000, errorRate: 50, minRequests: 20, ejectionTimeMs: 30_000, maxEjected: 50 }

/** Each member as `requests/failures`, with `out` behind it when it takes no requests; they are called a, b, c, … */
const cases: readonly (readonly [string, string, string, Partial<typeof config>?])[] = [
  ['a member that fails alone is ejected', '100/90 100/0 100/1', 'a'],
  ['fewer errors than the rate are borne', '100/49 100/0 100/0', ''],
  ['the rate itself is enough', '100/50 100/0 100/0', 'a'],
  ['too few requests prove nothing', '19/19 100/0 100/0', ''],
  ['just enough requests prove something', '20/20 100/0 100/0', 'a'],
  ['where all fail alike nobody is ejected', '100/90 100/80 100/95', ''],
  ['where the median of the others fails half as much, nobody is', '100/100 100/50 100/50', ''],
  ['one other that fails too does not hide it', '100/100 100/60 100/0 100/0 100/0', 'a b'],
  ['the worst goes first when only one may', '100/80 100/90 100/0 100/0', 'b', { maxEjected: 25 }],
  ['of equals the busier goes first, then by name', '20/20 40/40 20/20 99/0 99/0 99/0 99/0', 'b a c'],
  [
    'a share that is no whole number is rounded down',
    '100/99 100/98 100/97 9/0 9/0 9/0 9/0',
    'a b',
    { maxEjected: 40 },
  ],
  ['those that are out already count', '100/90 100/0 100/0,out 0/0,out', ''],
  ['those that are out are not compared with', '100/90 100/0 100/90,out 100/90,out', 'a', { maxEjected: 75 }],
  ['what is out is not ejected again', '100/90,out 100/0 100/0 100/0', ''],
  ['of two one may go', '100/90 100/0', 'a'],
  ['one alone stays', '100/100', ''],
  ['with nobody to compare with it stays', '100/100 0/0 0/0', ''],
  ['one always stays, whatever is allowed', '100/100 100/0', 'a', { maxEjected: 100 }],
  ['none is allowed', '100/100 100/0 100/0', '', { maxEjected: 0 }],
  ['failures of requests of the interval before are no more than all', '20/60 100/0 100/0 100/0', 'a'],
  ['without a single error there is no outlier', '100/0 100/0', '', { errorRate: 0 }],
  ['nobody is nobody', '', ''],
]

for (const [name, members, expected, other] of cases) {
  test(name, () => assert.equal(outliers(samplesOf(members), { ...config, ...other }).join(' '), expected))
}

test('however they fail, never more are out than allowed, and one always stays', () => {
  const sample = fc.record({
    requests: fc.nat({ max: 200 }),
    failures: fc.nat({ max: 250 }),
    out: fc.boolean(),
  })
  const samples = fc
    .array(sample, { maxLength: 12 })
    .map((all) => all.map((each, i): OutlierSample => ({ ...each, key: `m${i}` })))
  const percent = fc.integer({ min: 0, max: 100 })
  const settings = fc.record({ errorRate: percent, minRequests: fc.nat({ max: 50 }), maxEjected: percent })
  fc.assert(
    fc.property(samples, settings, (all, some) => {
      const ejected = outliers(all, { ...config, ...some })
      const outBefore = all.filter(({ out }) => out).length
      assert.equal(new Set(ejected).size, ejected.length)
      assert.ok(ejected.every((key) => all.some((each) => each.key === key && !each.out)))
      if (ejected.length === 0) return
      assert.ok(outBefore + ejected.length <= (all.length * some.maxEjected) / 100)
      assert.ok(outBefore + ejected.length < all.length)
    }),
  )
})

function samplesOf(members: string): OutlierSample[] {
  return [...members.matchAll(/(\d+)\/(\d+)(,out)?/g)].map(([, requests, failures, out], i) => ({
    key: String.fromCharCode(97 + i),
    requests: Number(requests),
    failures: Number(failures),
    out: out !== undefined,
  }))
}
