import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Declaration } from '../../../src/model/declaration.ts'
import { merge } from '../../../src/model/merge.ts'

test('references without a provider mean the provider they stand in', () => {
  const config = merge([declaration('docker', { service: 'web', middlewares: ['strip', 'auth@file'] })])
  const router = config.routers.get('r@docker' as never)
  assert.equal(router?.service, 'web@docker')
  assert.deepEqual(router?.middlewares, ['strip@docker', 'auth@file'])
})

test('one name under two providers is two objects', () => {
  const config = merge([declaration('docker', { service: 'web' }), declaration('file', { service: 'web' })])
  assert.deepEqual([...config.routers.keys()], ['r@docker', 'r@file'])
})

test('the order in which providers spoke does not matter', () => {
  const docker = declaration('docker', { service: 'web' })
  const file = declaration('file', { service: 'web' })
  assert.deepEqual([...merge([docker, file]).routers], [...merge([file, docker]).routers])
})

function declaration(provider: string, router: { service: string; middlewares?: string[] }): Declaration {
  return {
    provider,
    routers: new Map([
      ['r', { rule: 'Host(`a`)', entryPoints: undefined, priority: undefined, middlewares: [], ...router }],
    ]),
    services: new Map(),
    middlewares: new Map(),
    problems: [],
    cause: { what: 'test', at: 0 },
  }
}
