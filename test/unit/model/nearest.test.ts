import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, nearest } from '../../../src/model/nearest.ts'

const known = ['rule', 'entrypoints', 'middlewares', 'service', 'priority', 'loadbalancer']

for (const [typed, meant] of [
  ['entrypoint', 'entrypoints'],
  ['midlewares', 'middlewares'],
  ['loadBalancr', 'loadbalancer'],
  ['rlue', 'rule'],
  ['PRIORITY', 'priority'],
] as const) {
  test(`${typed} is nearest to ${meant}`, () => assert.equal(nearest(typed, known), meant))
}

test('a word that is nothing like any known one has no nearest', () => {
  assert.equal(nearest('certificate', known), undefined)
  assert.equal(nearest('', known), undefined)
})

test('the hint quotes the name', () => {
  assert.equal(didYouMean('servce', known), 'did you mean "service"?')
})
