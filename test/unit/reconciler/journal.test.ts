// The journal: what it tells, that it ends somewhere, and that ids go on from one process to the next.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Vitals } from '../../../src/cluster/vitals.ts'
import type { MemberChange } from '../../../src/cluster/entry.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { qualify } from '../../../src/model/qualified-name.ts'
import { eventHappening, Journal, memberHappening, updateHappening } from '../../../src/reconciler/journal.ts'
import { emptySnapshot } from '../../../src/snapshot/empty-snapshot.ts'

test('keeps the last five hundred, oldest first, each with a higher id', () => {
  const journal = new Journal()
  const before = journal.lastId
  for (let i = 1; i <= 501; i++) journal.add({ kind: 'event', what: `start ${i}` })
  const all = journal.since(0)
  assert.equal(all.length, 500)
  assert.equal(all[0]?.what, 'start 2')
  assert.deepEqual(
    all.map(({ id }) => id),
    Array.from({ length: 500 }, (_, i) => before + 2 + i),
  )
  assert.deepEqual(
    journal.since(journal.lastId - 1).map(({ what }) => what),
    ['start 501'],
  )
})

test('is ahead of whoever has read the journal of the process before', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
  const first = new Journal()
  for (let i = 0; i < 10; i++) first.add({ kind: 'edit', what: 'drain' })
  t.mock.timers.tick(1000)
  const second = new Journal()
  second.add({ kind: 'edit', what: 'enable' })
  assert.equal(second.since(first.lastId).length, 1)
})

test('bounds what containers and people are called', () => {
  const journal = new Journal()
  const long = 'x'.repeat(10_000)
  journal.add({ kind: 'event', what: long, member: long, detail: long })
  const [entry] = journal.since(0)
  for (const text of [entry?.what, entry?.member, entry?.detail]) assert.equal(text?.length, 300)
})

test('tells an event of a container', () => {
  const event = { containerId: 'c', name: 'shop-web-1', at: 5 } as const
  assert.deepEqual(eventHappening({ ...event, kind: 'drain' }), { kind: 'event', what: 'drain', member: 'shop-web-1' })
  assert.equal(eventHappening({ ...event, kind: 'health', health: 'unhealthy' }).what, 'health unhealthy')
})

test('tells the change of a member, and how long it took when its cause has a time', () => {
  const service = qualify('web', 'docker')
  const config = {
    id: 'm',
    scheme: 'http',
    host: '10.0.0.1',
    port: 80,
    weight: 1,
    slot: 'shop/web/1',
    container: undefined,
  } as const
  const member = {
    key: 'k',
    service,
    config,
    state: 'draining',
    reason: 'is being stopped',
    connections: 'rest',
    since: 0,
    vitals: new Vitals(),
    row: new Ledger().row('k'),
  } as const
  const change: MemberChange = { member, before: 'ready', after: 'draining', at: 100 }
  assert.deepEqual(memberHappening(change, 103), {
    kind: 'member',
    what: 'ready → draining',
    service,
    member: 'shop/web/1',
    detail: 'is being stopped',
    tookMs: 3,
  })
  const gone = memberHappening({ ...change, after: 'gone', at: undefined }, 103)
  assert.equal(gone.detail, 'no longer declared')
  assert.ok(!('tookMs' in gone))
})

test('tells an update: its causes, what changed, and the time since the first cause', () => {
  const many = Array.from({ length: 10 }, (_, i) => `router r${i}@file`)
  const diff = { added: many, removed: [], changed: ['service web@docker'] }
  const causes = [
    { what: 'start web-1', at: 100 },
    { what: 'edit: drain shop/web/2', at: 102 },
  ]
  const told = updateHappening({ snapshot: emptySnapshot, diff, causes, since: 100 }, 104)
  assert.equal(told.what, 'start web-1, edit: drain shop/web/2')
  assert.match(told.detail ?? '', /^added router r0@file, .*, router r7@file and 2 more; changed service web@docker$/)
  assert.equal(told.tookMs, 4)
})
