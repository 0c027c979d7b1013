import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineOptions } from '../../../../src/provider/docker/engine-address.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'
import { plainEndpoint } from '../../../../src/provider/docker/plain-endpoint.ts'

const options = (endpoint: string, more: Partial<EngineOptions['connection']> = {}): EngineOptions => ({
  endpoint,
  connection: { tls: undefined, username: undefined, password: undefined, timeoutMs: 0, ...more },
})

test('the endpoint of the options, else of DOCKER_HOST, else the usual socket', () => {
  assert.deepEqual(plainEndpoint(options('unix:///a.sock'), { DOCKER_HOST: 'tcp://b' }), { path: '/a.sock' })
  assert.deepEqual(plainEndpoint(options(''), { DOCKER_HOST: 'tcp://b' }), { host: 'b', port: 2375 })
  assert.deepEqual(plainEndpoint(undefined, { DOCKER_HOST: 'http://b' }), { host: 'b', port: 80 })
  assert.deepEqual(plainEndpoint(undefined, { DOCKER_HOST: 'tcp://[::1]:99' }), { host: '::1', port: 99 })
  assert.deepEqual(plainEndpoint(undefined, {}), { path: '/var/run/docker.sock' })
})

test('refuses what is no plain stream of bytes, with the way out and without a password', () => {
  const refused: [EngineOptions | undefined, Record<string, string>][] = [
    [options('ssh://user@host'), {}],
    [options('https://host'), {}],
    [options('tcp://user:hunter2@host'), {}],
    [options('tcp://host', { tls: { ca: '/ca.pem', cert: undefined, key: undefined, insecureSkipVerify: false } }), {}],
    [undefined, { DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1' }],
  ]
  for (const [given, env] of refused) {
    assert.throws(
      () => plainEndpoint(given, env),
      (error) =>
        error instanceof EngineError &&
        error.code === 'endpoint' &&
        error.message.endsWith('name a unix socket or a plain port by --dockersocket.upstream') &&
        !error.message.includes('hunter2'),
    )
  }
})
