import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readWishes } from '../../../../src/cli/scale/wishes.ts'

test('services and numbers are read', () => {
  assert.deepEqual(readWishes(['web=4', 'a.b-c_d=0', 'api=1000']), {
    ok: true,
    wishes: [
      { service: 'web', count: 4 },
      { service: 'a.b-c_d', count: 0 },
      { service: 'api', count: 1000 },
    ],
  })
})

for (const [words, says] of [
  [['web'], /^"web" is no SERVICE=N, as in web=4$/],
  [['=4'], /^"=4" is no SERVICE=N/],
  [['web='], /^"web=": the number of replicas is a whole one, from 0 on$/],
  [['web=four'], /^"web=four": the number/],
  [['web=-1'], /^"web=-1": the number/],
  [['web=1.5'], /^"web=1\.5": the number/],
  [['web=1e3'], /^"web=1e3": the number/],
  [['web=0x10'], /^"web=0x10": the number/],
  [['web= 4'], /^"web= 4": the number/],
  [['web=1001'], /^"web=1001": more than 1000 replicas of a service are not made$/],
  [['web=99999999999999999999'], /: more than 1000/],
  [['web=2', 'web=3'], /^the service "web" is named twice$/],
  [['\u001B[2J=x'], /^"\\u001b\[2J=x": the number/],
  [[`${'w'.repeat(5000)}=x`], /^"w{80}…": the number/],
] as const) {
  test(`${JSON.stringify(words).slice(0, 40)} is refused in so many words`, () => {
    const read = readWishes(words)
    assert.ok(!read.ok)
    assert.match(read.message, says)
  })
}
