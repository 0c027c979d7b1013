import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEndpoint } from '../../../../src/provider/docker/endpoint.ts'
import { engineAddress } from '../../../../src/provider/docker/engine-address.ts'
import type { EngineOptions } from '../../../../src/provider/docker/engine-address.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'

const tcp = { kind: 'tcp', username: '', password: '' } as const
const ssh = { kind: 'ssh', port: undefined, user: '', socketPath: '' } as const

for (const [endpoint, parsed] of [
  ['unix:///var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
  ['unix:////var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
  ['//var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
  ['/run/user/1000/docker.sock', { kind: 'unix', socketPath: '/run/user/1000/docker.sock' }],
  ['tcp://proxy:2376', { ...tcp, scheme: 'tcp', host: 'proxy', port: 2376 }],
  ['tcp://proxy', { ...tcp, scheme: 'tcp', host: 'proxy', port: undefined }],
  ['http://10.0.0.1:80', { ...tcp, scheme: 'http', host: '10.0.0.1', port: 80 }],
  ['https://docker_1.example.com/', { ...tcp, scheme: 'https', host: 'docker_1.example.com', port: undefined }],
  ['TCP://[::1]:2375/', { ...tcp, scheme: 'tcp', host: '::1', port: 2375 }],
  [
    'tcp://me:p%40ss@proxy',
    { ...tcp, scheme: 'tcp', host: 'proxy', port: undefined, username: 'me', password: 'p@ss' },
  ],
  ['ssh://host', { ...ssh, host: 'host' }],
  ['ssh://deploy@host.example.com:2222', { ...ssh, host: 'host.example.com', port: 2222, user: 'deploy' }],
  [
    'ssh://me@host:22/run/user/1000/docker.sock',
    { ...ssh, host: 'host', port: 22, user: 'me', socketPath: '/run/user/1000/docker.sock' },
  ],
] as const) {
  test(`the endpoint ${endpoint} is ${JSON.stringify(parsed)}`, () => {
    assert.deepEqual(parseEndpoint(endpoint), parsed)
  })
}

for (const [endpoint, reason] of [
  ['unix://', /the path of a socket/],
  ['docker.sock', /begins with a slash/],
  ['npipe:////./pipe/docker_engine', /it knows unix, tcp, http, https, ssh/],
  ['tcp://', /has no host/],
  ['tcp://a b', /has no host/],
  ['tcp://host:99999', /has no host/],
  ['http://proxy/v1.41', /has a path/],
  ['ssh://', /has no host/],
  ['ssh://-oProxyCommand=evil', /has no host/],
  ['ssh://host/run/$(evil).sock', /a shell would read/],
  ['ssh://me:hunter2@host', /no password/],
  ['gopher://me:hunter2@host', /it knows/],
] as const) {
  test(`the endpoint "${endpoint}" is refused with a reason and the ways to write one`, () => {
    assert.throws(
      () => parseEndpoint(endpoint),
      (error) => {
        assert.ok(error instanceof EngineError)
        assert.equal(error.code, 'endpoint')
        assert.match(error.message, reason)
        assert.match(error.message, /write unix:\/\/\//)
        assert.doesNotMatch(error.message, /hunter2/)
        return true
      },
    )
  })
}

const none = { tls: undefined, username: undefined, password: undefined, timeoutMs: 0 }
const verified = { insecureSkipVerify: false }
const certificates = { ca: '/certs/ca.pem', cert: '/certs/cert.pem', key: '/certs/key.pem' }

for (const [what, options, env, expected] of [
  ['nothing at all', {}, {}, { shown: 'unix:///var/run/docker.sock', tls: undefined, timeoutMs: 10_000 }],
  ['DOCKER_HOST', {}, { DOCKER_HOST: 'tcp://h:1' }, { shown: 'tcp://h:1', tls: undefined }],
  ['an option beside DOCKER_HOST', { endpoint: 'tcp://a:1' }, { DOCKER_HOST: 'tcp://b:1' }, { shown: 'tcp://a:1' }],
  [
    'an option beside all of the environment',
    { endpoint: 'tcp://a:1' },
    { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs', DOCKER_API_VERSION: '1.43' },
    { tls: undefined, apiVersion: undefined },
  ],
  [
    'DOCKER_CERT_PATH',
    {},
    { DOCKER_HOST: 'tcp://h', DOCKER_CERT_PATH: '/certs', DOCKER_TLS_VERIFY: '1' },
    { tls: { ...certificates, ...verified } },
  ],
  [
    'DOCKER_CERT_PATH without DOCKER_TLS_VERIFY',
    {},
    { DOCKER_HOST: 'tcp://h', DOCKER_CERT_PATH: '/certs', DOCKER_TLS_VERIFY: '' },
    { tls: { ...certificates, insecureSkipVerify: true } },
  ],
  [
    'DOCKER_TLS_VERIFY alone',
    {},
    { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', HOME: '/root' },
    { tls: { ca: '/root/.docker/ca.pem', cert: '/root/.docker/cert.pem', key: '/root/.docker/key.pem', ...verified } },
  ],
  ['a socket beside DOCKER_TLS_VERIFY', {}, { DOCKER_TLS_VERIFY: '1', HOME: '/root' }, { tls: undefined }],
  ['DOCKER_API_VERSION', {}, { DOCKER_API_VERSION: '1.43' }, { apiVersion: '1.43' }],
  [
    'TLS options beside DOCKER_HOST',
    { connection: { ...none, tls: { ca: 'x', cert: undefined, key: undefined, ...verified } } },
    { DOCKER_HOST: 'tcp://h', DOCKER_CERT_PATH: '/certs' },
    { tls: { ca: 'x', cert: undefined, key: undefined, ...verified } },
  ],
  ['https', { endpoint: 'https://h' }, {}, { tls: { ca: undefined, cert: undefined, key: undefined, ...verified } }],
  [
    'a user and a password',
    { connection: { ...none, username: 'me', password: 'p:w' } },
    {},
    { authorization: 'Basic bWU6cDp3' },
  ],
  [
    'a user and a password in the endpoint, which is not shown',
    { endpoint: 'tcp://me:p%3Aw@h:1' },
    {},
    { authorization: 'Basic bWU6cDp3', shown: 'tcp://me:***@h:1' },
  ],
  ['a timeout', { connection: { ...none, timeoutMs: 300 } }, {}, { timeoutMs: 300 }],
] as const satisfies readonly (readonly [string, Partial<EngineOptions>, Record<string, string>, object])[]) {
  test(`where the engine is, by ${what}`, () => {
    const address = engineAddress({ endpoint: '', connection: none, ...options }, env)
    assert.deepEqual({ ...address, ...expected }, address)
  })
}
