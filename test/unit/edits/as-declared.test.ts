import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asDeclared } from '../../../src/edits/as-declared.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import { member, one, service } from './support.ts'

test('a field of a member that is given what is declared is no edit', () => {
  const declared = service([
    member(one, { weight: 2, parameters: { status: 'H', lbset: 1, redirect: 'b', retryMs: 5 } }),
  ])
  assert.deepEqual(asDeclared(declared, one, { weight: 2, status: 'H', lbset: 1, redirect: 'b', route: 'web-1' }), {
    weight: null,
    status: null,
    lbset: null,
    redirect: null,
    route: null,
  })
  assert.deepEqual(asDeclared(declared, one, { weight: 1, status: '', lbset: 0, redirect: '', route: 'web-2' }), {
    weight: 1,
    status: '',
    lbset: 0,
    redirect: '',
    route: 'web-2',
  })
})

test('nor is one of a balancer, and a slot that is not there keeps its edits', () => {
  const declared = service([], { balancing: { ...balancingDefaults, method: 'hrw', retryMs: 1000 } })
  const set = { method: 'hrw', retryMs: 1000, failover: true, sticky: false }
  assert.deepEqual(asDeclared(declared, undefined, set), { method: null, retryMs: null, failover: null, sticky: null })
  assert.deepEqual(asDeclared(declared, 'gone', { weight: 1 }), { weight: 1 })
})
