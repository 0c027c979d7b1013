import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availability } from '../../../src/cluster/availability.ts'
import type { Facts } from '../../../src/cluster/availability.ts'

const good: Facts = {
  phase: 'running',
  health: 'none',
  accepting: true,
  status: '',
  check: 'none',
  ejected: undefined,
  failure: undefined,
}

test('only a running, healthy or accepting container makes its member ready', () => {
  const ready = (['running', 'draining', 'paused', 'stopped'] as const).flatMap((phase) =>
    (['none', 'starting', 'healthy', 'unhealthy'] as const).flatMap((health) =>
      [true, false]
        .filter((accepting) => availability({ ...good, phase, health, accepting }).state === 'ready')
        .map((accepting) => `${phase} ${health} ${accepting}`),
    ),
  )
  assert.deepEqual(ready, ['running none true', 'running healthy true', 'running healthy false'])
})

const cases: readonly (readonly [string, Partial<Facts>, string, string])[] = [
  ['a drained member', { status: 'N' }, 'draining', 'sessions'],
  ['a disabled one', { status: 'D' }, 'disabled', 'nobody'],
  ['a stopped one, whatever else is said of it', { status: 'DSN', failure: 'x' }, 'stopped', 'nobody'],
  ['a standby', { status: 'H' }, 'ready', 'everybody'],
  ['a disabled one whose container is gone', { status: 'D', phase: 'stopped' }, 'down', 'nobody'],
  ['one that drains while its container is being stopped', { status: 'N', phase: 'draining' }, 'draining', 'nobody'],
  ['one whose first check is under way', { check: 'unknown' }, 'starting', 'nobody'],
  ['one whose check passes, without a look at its port', { check: up(true), accepting: false }, 'ready', 'everybody'],
  ['one whose check fails', { check: up(false) }, 'unhealthy', 'nobody'],
  [
    'one whose check passes but that Docker calls unhealthy',
    { check: up(true), health: 'unhealthy' },
    'down',
    'nobody',
  ],
  ['one that was ejected', { ejected: 'failed 5 times' }, 'ejected', 'nobody'],
  ['one in error, which is asked when there is nobody else', { failure: 'refused' }, 'error', 'everybody'],
  ['one in error that drains', { failure: 'refused', status: 'N' }, 'error', 'sessions'],
]

for (const [name, facts, state, admits] of cases) {
  test(`${name} is ${state} and takes ${admits}`, () => {
    const found = availability({ ...good, ...facts })
    assert.deepEqual([found.state, found.admits], [state, admits])
    assert.notEqual(found.reason, '')
  })
}

function up(is: boolean): Facts['check'] {
  return { up: is, reason: is ? 'check passed' : 'GET /health answered 503' }
}
