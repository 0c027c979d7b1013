import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { balancingDefaults, memberDefaults } from '../../../src/model/service-config.ts'
import { createWhatsNew } from '../../../src/threads/whats-new.ts'

const container = { id: 'c1', name: '/web-1', health: 'none', paused: false } as const
const address = { scheme: 'http', host: '127.0.0.1', port: 80 } as const

test('threads are told what is new alone, and one that starts later is told all of it', () => {
  const ledger = new Ledger()
  const one = serviceOf(ledger, 'one')
  const first = { version: 1, plan: { routes: new Map(), services: new Map([one]) } }
  const second = { version: 2, plan: { routes: new Map(), services: new Map([one, serviceOf(ledger, 'two')]) } }
  const whatsNew = createWhatsNew(ledger)
  whatsNew(first)
  // The ledger had both already when the first was told.
  assert.deepEqual([...whatsNew(second).update.services.keys()], ['two'])
  const third = { version: 3, plan: { routes: new Map(), services: new Map([one, serviceOf(ledger, 'three')]) } }
  const { version, update, books } = whatsNew(third)
  assert.equal(version, 3)
  assert.deepEqual([...update.services.keys()], ['three', 'two'])
  assert.equal(update.services.get('two' as QualifiedName), undefined)
  assert.deepEqual([[...books.rows.keys()], [...books.turns.keys()]], [['three|m'], ['three']])
  const late = createWhatsNew(ledger)(third)
  assert.deepEqual([...late.update.services.keys()], ['one', 'three'])
  assert.deepEqual([...late.books.turns.keys()], ['one', 'two', 'three'])
})

test('what no request needs does not cross', () => {
  const [name, service] = serviceOf(new Ledger(), 'one')
  const config = {
    ...service,
    pending: { serversTransport: 'x' },
    passiveHealthCheck: { failureWindowMs: 1000, maxFailedAttempts: 1 },
  }
  const plan = { routes: new Map(), services: new Map([[name, config]]) }
  const told = createWhatsNew(new Ledger())({ version: 1, plan }).update.services.get(name)
  const member = { ...service.members[0], container: undefined }
  assert.deepEqual(told, { members: [member], passHostHeader: true, stickyCookie: undefined })
})

test('what a request is balanced by does cross', () => {
  const [name, { members, passHostHeader, stickyCookie }] = serviceOf(new Ledger(), 'one')
  const named = { route: 's1', hostname: 'f1ac329c4164', parameters: { ...memberDefaults, status: 'H' } }
  const service = {
    members: members.map((member) => ({ ...member, ...named, container: undefined })),
    passHostHeader,
    stickyCookie,
    session: { cookie: 'JSESSIONID', parameter: 'jsessionid', separator: '.', scolonPathDelim: true },
    balancing: { ...balancingDefaults, method: 'bytraffic' },
  } as const
  const plan = { routes: new Map(), services: new Map([[name, service]]) }
  const told = createWhatsNew(new Ledger())({ version: 1, plan }).update.services.get(name)
  assert.deepEqual(told, service)
})

function serviceOf(ledger: Ledger, name: string): readonly [QualifiedName, ServiceConfig] {
  ledger.row(`${name}|m`)
  ledger.arrange(name, [{ key: `${name}|m`, weight: 1 }])
  const members = [{ ...address, id: 'm', weight: 1, slot: name, container }]
  return [name as QualifiedName, { members, passHostHeader: true, stickyCookie: undefined }]
}
