import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { dockerEngine } from '../../../../src/provider/docker/dockerode-engine.ts'
import { engineAddress, plainAddress } from '../../../../src/provider/docker/engine-address.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'
import type { EngineCode } from '../../../../src/provider/docker/engine.ts'
import { startFakeEngine } from '../../../support/fake-engine.ts'

const { signal } = new AbortController()

/** For `assert.rejects`. */
function failure(code: EngineCode, words: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError)
    assert.equal(error.code, code)
    assert.match(error.message, words)
    assert.ok(error.message.length < 600)
    return true
  }
}

function setEnvironment(t: TestContext, name: string, value: string): void {
  const before = process.env[name]
  t.after(() => {
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  })
  process.env[name] = value
}

test('what the environment says of Docker does not lead elsewhere', async (t) => {
  setEnvironment(t, 'DOCKER_HOST', 'tcp://127.0.0.1:1')
  await using fake = await startFakeEngine()
  const id = fake.add({ name: 'web' })
  using engine = await dockerEngine(fake.endpoint).connect(signal)
  assert.deepEqual(
    (await engine.list(signal)).map((listed) => listed.id),
    [id],
  )
})

test('a container the engine does not have is undefined, one it cannot describe an error', async () => {
  await using fake = await startFakeEngine()
  using engine = await dockerEngine(fake.endpoint).connect(signal)
  assert.equal(await engine.inspect('a'.repeat(64), signal), undefined)
  fake.intercept = () => ({ status: 500, body: `{"message":"${'long '.repeat(100)}\\n"}` })
  await assert.rejects(engine.inspect('a'.repeat(64), signal), failure('refused', /long long/))
})

test('nothing but an id is ever put into a path', async () => {
  await using fake = await startFakeEngine()
  using engine = await dockerEngine(fake.endpoint).connect(signal)
  fake.requests.length = 0
  await assert.rejects(engine.inspect('x/../../images', signal), /not an id/)
  assert.deepEqual(fake.requests, [])
})

test('calls share a connection, which is closed at the end', async () => {
  await using fake = await startFakeEngine()
  const id = fake.add({ name: 'web' })
  {
    using engine = await dockerEngine(fake.endpoint).connect(signal)
    for (let i = 0; i < 10; i++) await engine.inspect(id, signal)
    assert.equal(fake.connections, 1)
  }
  await fake.idle()
})

test('a kept connection that was closed meanwhile is no failure', async () => {
  await using fake = await startFakeEngine()
  const id = fake.add({ name: 'web' })
  using engine = await dockerEngine(fake.endpoint).connect(signal)
  let cuts = 0
  fake.intercept = () => {
    if (++cuts === 1) fake.dropConnections()
  }
  assert.equal((await engine.inspect(id, signal))?.name, 'web')
  assert.equal(cuts, 2)
})

test('an answer that does not come is a failure after the time that was set', async () => {
  await using fake = await startFakeEngine()
  fake.intercept = () => new Promise<void>(() => undefined)
  const address = { ...plainAddress(fake.endpoint), timeoutMs: 30 }
  await assert.rejects(dockerEngine(address).connect(signal), failure('timeout', /no answer within 30 ms/))
  await fake.idle()
})

for (const [api, version] of [
  [[12, 41], '1.41'],
  [[24, 44], '1.44'],
  [[44, 52], '1.52'],
  [[44, 99], '1.54'],
  [[60, 99], '1.60'],
] as const) {
  test(`an engine of API 1.${api[0]} to 1.${api[1]} is spoken to in ${version}`, async () => {
    await using fake = await startFakeEngine({ api })
    const id = fake.add({ name: 'web' })
    using engine = await dockerEngine(fake.endpoint).connect(signal)
    assert.equal(engine.apiVersion, `v${version}`)
    await engine.events(signal)
    await engine.list(signal)
    assert.equal((await engine.inspect(id, signal))?.name, 'web')
    assert.deepEqual(
      fake.requests.map((request) => request.version),
      [undefined, version, version, version],
    )
  })
}

for (const [what, api, wanted, words] of [
  [
    'an engine that is too old',
    [12, 40],
    undefined,
    /\(it speaks 1\.40 at most\); Docker 20\.10 \(API 1\.41\) or newer/,
  ],
  ['a version the engine refuses', [44, 52], '1.43', /\(DOCKER_API_VERSION asks for 1\.43, it speaks 1\.44 to 1\.52\)/],
  ['a version the engine does not know yet', [24, 44], '1.45', /asks for 1\.45, it speaks 1\.24 to 1\.44/],
  ['a version that is too old for Muster', [12, 41], '1.24', /asks for 1\.24/],
  ['a version that is none', [12, 41], 'latest', /DOCKER_API_VERSION is "latest"/],
] as const) {
  test(`${what} is refused in so many words`, async () => {
    await using fake = await startFakeEngine({ api })
    const address = { ...plainAddress(fake.endpoint), apiVersion: wanted }
    await assert.rejects(dockerEngine(address).connect(signal), failure('version', words))
  })
}

test('DOCKER_API_VERSION is spoken where the engine knows it', async () => {
  await using fake = await startFakeEngine({ api: [24, 52] })
  using engine = await dockerEngine({ ...plainAddress(fake.endpoint), apiVersion: '1.43' }).connect(signal)
  await engine.list(signal)
  assert.equal(fake.requests.at(-1)?.version, '1.43')
})

test('a socket proxy that does not allow to ask for the version is spoken to without one', async () => {
  await using fake = await startFakeEngine()
  fake.intercept = ({ path }) => (path === '/version' ? { status: 403, body: 'Forbidden' } : undefined)
  using engine = await dockerEngine(fake.endpoint).connect(signal)
  await engine.list(signal)
  assert.deepEqual([engine.apiVersion, fake.requests.at(-1)?.version], [undefined, undefined])
})

test('user and password go with every call, and into no message', async () => {
  await using fake = await startFakeEngine()
  const authorization = `Basic ${btoa('me:hunter2')}`
  fake.intercept = (request) =>
    request.authorization === authorization ? undefined : { status: 401, body: '{"message":"who are you?"}' }
  const options = { tls: undefined, username: 'me', timeoutMs: 0 }
  const withPassword = (password: string) =>
    dockerEngine(engineAddress({ endpoint: fake.endpoint, connection: { ...options, password } }, {}))
  using engine = await withPassword('hunter2').connect(signal)
  await engine.list(signal)
  await assert.rejects(withPassword('hunter3').connect(signal), (error: Error) => {
    assert.doesNotMatch(error.message, /hunter/)
    return failure('unauthorized', /who are you\?.*set providers\.docker\.username/)(error)
  })
})
