// Which routers of a user's own may take edits: those that let in only whom they know.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyReadOnly } from '../../../src/admin/editable.ts'
import type { AdminSources } from '../../../src/admin/sources.ts'
import type { InternalRequest } from '../../../src/exchange/internal.ts'
import type { MiddlewareConfig } from '../../../src/model/dynamic-config.ts'
import { parseFlags } from '../../../src/settings/flags.ts'

const middlewares: Readonly<Record<string, MiddlewareConfig>> = {
  'auth@file': { kind: 'pending', type: 'basicAuth', options: {} },
  'forward@file': { kind: 'pending', type: 'forwardAuth', options: {} },
  'limit@file': { kind: 'pending', type: 'rateLimit', options: {} },
  'chain@file': { kind: 'chain', middlewares: ['limit@file', 'inner@file'] },
  'inner@file': { kind: 'chain', middlewares: ['auth@file'] },
  'loop@file': { kind: 'chain', middlewares: ['loop@file'] },
}

const closed = '--entrypoints.closed.address=:81'
const rows: readonly (readonly [string, boolean, readonly string[], readonly string[], string[]])[] = [
  ['none', false, [], ['http'], []],
  ['one that limits', false, ['limit@file'], ['http'], []],
  ['one that is not there', false, ['missing@file'], ['http'], []],
  ['a chain without an end', false, ['loop@file'], ['http'], []],
  ['basicAuth', true, ['auth@file'], ['http'], []],
  ['forwardAuth after another', true, ['limit@file', 'forward@file'], ['http'], []],
  ['one in chains', true, ['chain@file'], ['http'], []],
  ['one of its entrypoint', true, [], ['closed'], [closed, '--entrypoints.closed.http.middlewares=auth@file']],
  [
    'one of only one of its entrypoints',
    false,
    [],
    ['http', 'closed'],
    [closed, '--entrypoints.http.address=:80', '--entrypoints.closed.http.middlewares=auth@file'],
  ],
  ['none, with --api.edit', true, [], ['http'], ['--api.edit']],
]

for (const [name, editable, references, using, flags] of rows) {
  test(`a router with ${name} ${editable ? 'takes edits' : 'is read-only'}`, () => {
    const reason = whyReadOnly(requestBy('r@file'), sourcesWith(references, using, flags))
    assert.equal(reason === undefined, editable, reason)
    if (!editable) assert.match(reason ?? '', /"r@file", which lets everybody in: .*--api\.edit/)
  })
}

test('routers of --api.insecure take edits, and those nobody knows do not', () => {
  const sources = sourcesWith([], ['http'], [])
  assert.equal(whyReadOnly(requestBy('api@internal'), sources), undefined)
  assert.equal(whyReadOnly(requestBy('dashboard@internal'), sources), undefined)
  for (const router of ['gone@file', undefined]) assert.ok(whyReadOnly(requestBy(router), sources) !== undefined)
})

function requestBy(router: string | undefined): InternalRequest {
  const request = { method: 'POST', path: '/api/muster/balancers', query: undefined, body: '{}', fields: [] }
  return { ...request, host: 'localhost', clientIp: '127.0.0.1', router }
}

function sourcesWith(references: readonly string[], using: readonly string[], flags: string[]): AdminSources {
  const current = {
    routers: new Map([['r@file', { config: { middlewares: references }, using }]]),
    middlewares: new Map(Object.entries(middlewares).map(([name, config]) => [name, { config }])),
  }
  return { settings: parseFlags(flags), store: { current } } as unknown as AdminSources
}
