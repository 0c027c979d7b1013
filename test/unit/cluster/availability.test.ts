import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availability } from '../../../src/cluster/availability.ts'
import type { Facts } from '../../../src/cluster/availability.ts'

const good: Facts = {
  phase: 'running',
  health: 'none',
  left: false,
  wait: undefined,
  proof: 'port',
  accepting: true,
  keepsSessions: false,
  overdue: false,
  superseded: false,
  foreseen: false,
  status: '',
  check: 'none',
  ejected: undefined,
  failure: undefined,
}

test('only a running, healthy or accepting container makes its member ready', () => {
  const ready = (['running', 'draining', 'paused', 'stopped'] as const).flatMap((phase) =>
    (['none', 'starting', 'healthy', 'unhealthy'] as const).flatMap((health) =>
      [true, false]
        .filter((accepting) => {
          const proof = health === 'none' ? 'port' : undefined
          return availability({ ...good, phase, health, proof, accepting }).state === 'ready'
        })
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
  ['one that left its network, whatever its status', { left: true, status: 'D' }, 'down', 'nobody'],
  ['one that waits after crashes', { phase: 'restarting', wait: { ms: 1, reason: 'x' } }, 'starting', 'nobody'],
  [
    'one that is being stopped and keeps its sessions',
    { phase: 'draining', keepsSessions: true },
    'draining',
    'sessions',
  ],
  [
    'one that keeps its sessions and has had its time',
    { phase: 'draining', keepsSessions: true, overdue: true },
    'draining',
    'nobody',
  ],
  [
    'one that was never ready when it is stopped',
    { phase: 'draining', keepsSessions: true, accepting: false },
    'draining',
    'nobody',
  ],
  [
    'a healthy one whose readiness path has not answered',
    { health: 'healthy', proof: 'readiness', accepting: false },
    'starting',
    'nobody',
  ],
  [
    'one whose check passes before its readiness path has answered',
    { check: up(true), proof: 'readiness', accepting: false },
    'starting',
    'nobody',
  ],
  ['one that a newer generation takes over from', { superseded: true }, 'draining', 'sessions'],
  ['one that fails when a newer generation takes over', { superseded: true, failure: 'refused' }, 'error', 'sessions'],
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

test('connections are used, rest, break or are cut by what became of the container', () => {
  const become = (facts: Partial<Facts>) => availability({ ...good, ...facts }).connections
  assert.equal(become({}), 'resume')
  assert.equal(become({ failure: 'refused' }), 'resume')
  assert.equal(become({ status: 'N' }), 'resume')
  assert.equal(become({ status: 'D' }), 'rest')
  assert.equal(become({ phase: 'draining' }), 'rest')
  assert.equal(become({ phase: 'draining', keepsSessions: true }), 'resume')
  assert.equal(become({ phase: 'draining', overdue: true }), 'break')
  assert.equal(become({ phase: 'paused' }), 'rest')
  assert.equal(become({ phase: 'stopped' }), 'cut')
  assert.equal(become({ left: true }), 'cut')
})
