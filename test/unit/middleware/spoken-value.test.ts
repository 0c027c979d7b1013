// Apache's `Header` with balancer variables, through the headers middleware and a real service.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { respond } from '../../../src/exchange/respond.ts'
import { chain, compileMiddleware } from '../../../src/middleware/compile-middleware.ts'
import type { Forward, Member } from '../../../src/service/member.ts'
import { memberWith, serviceOver } from '../../support/balancer.ts'
import { ask, openEdge } from '../../support/edge.ts'
import { headersWith } from './harness.ts'

const fields = {
  'Balancer-Route': '%{BALANCER_WORKER_ROUTE}e',
  'X-Which': '%{BALANCER_NAME}e via %{BALANCER_WORKER_NAME}e',
  'X-Session': '%{BALANCER_SESSION_STICKY}e=%{BALANCER_SESSION_ROUTE}e',
  'X-Changed': '%{BALANCER_ROUTE_CHANGED}e',
  'X-Plain': '100%{NO_SUCH}e',
}

test('variables say which member answered, for which session, and whether it changed', async () => {
  const members = ['a', 'b'].map((slot) => memberWith({ slot, route: `route-${slot}` })) as [Member, Member]
  const session = { cookie: 'S', parameter: '', separator: '.', scolonPathDelim: false }
  const headers = headersWith({ customResponseHeaders: new Map(Object.entries(fields)) })
  await using edge = await openEdge(chain([compileMiddleware(headers)], serviceOver(members, say, { session })))

  const fresh = await ask(edge.port, '/')
  assert.deepEqual(told(fresh.fields), {
    'balancer-route': 'route-a',
    'x-which': 'balancer://web@docker via http://127.0.0.1:80',
    'x-session': '=',
    'x-changed': '1',
    'x-plain': '100%{NO_SUCH}e',
  })
  const again = await ask(edge.port, '/', { fields: { cookie: 'S=1.route-b' } })
  assert.deepEqual(told(again.fields), {
    'balancer-route': 'route-b',
    'x-which': 'balancer://web@docker via http://127.0.0.1:80',
    'x-session': 'S=route-b',
    // Empty: Apache leaves a field out whose variable is not set.
    'x-changed': undefined,
    'x-plain': '100%{NO_SUCH}e',
  })
  members[1].row.available = false
  const moved = await ask(edge.port, '/', { fields: { cookie: 'S=1.route-b' } })
  assert.equal(moved.fields.get('balancer-route')?.[0], 'route-a')
  assert.equal(moved.fields.get('x-changed')?.[0], '1')
})

test('nothing of one request is left for the next, and without sessions nothing ever changed', async () => {
  const headers = headersWith({ customResponseHeaders: new Map(Object.entries(fields)) })
  await using edge = await openEdge(chain([compileMiddleware(headers)], serviceOver([memberWith({ slot: 'a' })], say)))
  for (let i = 0; i < 2; i++) {
    const { fields: answer } = await ask(edge.port, '/', { fields: { cookie: 'S=1.a' } })
    assert.equal(answer.get('x-changed'), undefined)
    assert.deepEqual(answer.get('balancer-route'), ['a'])
  }
})

const say: Forward = (exchange, { slot }) => {
  respond(exchange, 200, slot)
  return Promise.resolve()
}

function told(answer: ReadonlyMap<string, readonly string[]>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(fields).map((name) => [name.toLowerCase(), answer.get(name.toLowerCase())?.[0]]),
  )
}
