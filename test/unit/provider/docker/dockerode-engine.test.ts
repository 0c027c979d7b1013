import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dockerEngine } from '../../../../src/provider/docker/dockerode-engine.ts'
import { parseEndpoint } from '../../../../src/provider/docker/endpoint.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'
import { startFakeEngine } from '../../../support/fake-engine.ts'

const { signal } = new AbortController()

for (const [endpoint, parsed] of [
  ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['unix:////var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['//var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['/run/user/1000/docker.sock', { socketPath: '/run/user/1000/docker.sock' }],
  ['tcp://proxy:2376', { host: 'proxy', port: 2376, protocol: 'http' }],
  ['tcp://proxy', { host: 'proxy', port: 2375, protocol: 'http' }],
  ['http://10.0.0.1', { host: '10.0.0.1', port: 80, protocol: 'http' }],
  ['TCP://[::1]:2375/', { host: '::1', port: 2375, protocol: 'http' }],
] as const) {
  test(`the endpoint ${endpoint} is ${JSON.stringify(parsed)}`, () => {
    assert.deepEqual(parseEndpoint(endpoint), parsed)
  })
}

for (const endpoint of ['', 'unix://', 'docker.sock', 'ssh://host', 'tcp://', 'tcp://a b', 'http://proxy/v1.41']) {
  test(`the endpoint "${endpoint}" is refused with the ways to write one`, () => {
    assert.throws(
      () => dockerEngine(endpoint),
      (error) => error instanceof EngineError && error.code === 'endpoint' && /write unix:\/\/\//.test(error.message),
    )
  })
}

test('what the environment says of Docker does not lead elsewhere', async (t) => {
  const before = process.env['DOCKER_HOST']
  t.after(() => {
    if (before === undefined) delete process.env['DOCKER_HOST']
    else process.env['DOCKER_HOST'] = before
  })
  process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1'
  await using engine = await startFakeEngine()
  const id = engine.add({ name: 'web' })
  assert.deepEqual(await dockerEngine(engine.endpoint).containerIds(signal), [id])
})

test('a container the engine does not have is undefined, one it cannot describe an error', async () => {
  await using fake = await startFakeEngine()
  const engine = dockerEngine(fake.endpoint)
  assert.equal(await engine.inspect('a'.repeat(64), signal), undefined)
  fake.intercept = () => ({ status: 500, body: `{"message":"${'long '.repeat(100)}\\n"}` })
  await assert.rejects(engine.inspect('a'.repeat(64), signal), (error) => {
    assert.ok(error instanceof EngineError)
    assert.equal(error.code, 'refused')
    assert.ok(error.message.length < 500)
    return true
  })
})

test('nothing but an id is ever put into a path', async () => {
  await using fake = await startFakeEngine()
  await assert.rejects(dockerEngine(fake.endpoint).inspect('x/../../images', signal), /not an id/)
  assert.deepEqual(fake.requests, [])
})
