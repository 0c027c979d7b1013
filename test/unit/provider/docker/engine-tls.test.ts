import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rootCertificates } from 'node:tls'
import { dockerEngine } from '../../../../src/provider/docker/dockerode-engine.ts'
import { plainAddress } from '../../../../src/provider/docker/engine-address.ts'
import type { EngineTls } from '../../../../src/provider/docker/engine-address.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'
import type { EngineConnection } from '../../../../src/provider/docker/engine.ts'
import { certificate, key } from '../../../support/certificate.ts'
import { startFakeEngine } from '../../../support/fake-engine.ts'

const { signal } = new AbortController()
/** Knows its callers: those with the one certificate of the tests. */
const serverTls = { cert: certificate, key, ca: certificate, requestCert: true, rejectUnauthorized: true }
const clientTls = { ca: certificate, cert: certificate, key, insecureSkipVerify: false }

function connect(endpoint: string, tls: EngineTls): Promise<EngineConnection> {
  return dockerEngine({ ...plainAddress(endpoint), tls }).connect(signal)
}

test('an engine behind TLS is watched with certificates on both sides, as text or as files', async () => {
  await using fake = await startFakeEngine({ tls: serverTls })
  const id = fake.add({ name: 'web' })
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'))
  const [cert, keyFile] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  await writeFile(cert, certificate)
  await writeFile(keyFile, key)
  for (const tls of [clientTls, { ...clientTls, ca: cert, cert, key: keyFile }]) {
    using engine = await connect(fake.endpoint, tls)
    const events = await engine.events(signal)
    assert.equal((await engine.list(signal)).length, 1)
    assert.equal((await engine.inspect(id, signal))?.name, 'web')
    fake.pause(id)
    for await (const [event] of events) {
      assert.equal(event?.kind, 'pause')
      break
    }
    fake.unpause(id)
  }
  await rm(directory, { recursive: true })
})

for (const [what, tls, code, words] of [
  [
    'another authority',
    { ...clientTls, ca: rootCertificates[0] },
    'certificate',
    /not trusted .*tls\.ca must name the authority/,
  ],
  ['only the authorities of the system', { ...clientTls, ca: undefined }, 'certificate', /self-signed certificate/],
  [
    'no certificate of its own',
    { ...clientTls, cert: undefined, key: undefined },
    'tls',
    /where the engine wants to know who calls/,
  ],
  ['a file that is not there', { ...clientTls, key: '/nowhere/key.pem' }, 'files', /no such file .*paths of PEM files/],
  ['a key that is none', { ...clientTls, key: '-----BEGIN NONSENSE' }, 'files', /cannot be used/],
] as const) {
  test(`a client with ${what} is told what is wrong`, async () => {
    await using fake = await startFakeEngine({ tls: serverTls })
    await assert.rejects(connect(fake.endpoint, { ...tls, ca: tls.ca }), (error) => {
      assert.ok(error instanceof EngineError)
      assert.equal(error.code, code, error.message)
      assert.match(error.message, words)
      return true
    })
  })
}

test('a certificate that nobody vouches for is taken when it is not to be verified', async () => {
  await using fake = await startFakeEngine({ tls: { cert: certificate, key } })
  using engine = await connect(fake.endpoint, {
    ca: undefined,
    cert: undefined,
    key: undefined,
    insecureSkipVerify: true,
  })
  assert.deepEqual(await engine.list(signal), [])
})

for (const [what, tls, words] of [
  // As the engine itself answers there; it is written in Go.
  [
    'plain HTTP on a port that speaks TLS',
    undefined,
    /\(.*Client sent an HTTP request to an HTTPS server.*\); is it TLS/,
  ],
  ['TLS on a port that speaks plain HTTP', clientTls, /; is it TLS that this port speaks\?/],
] as const) {
  test(`${what} is told from an engine that is away`, async () => {
    const server = createServer((_request, response) => {
      response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const address = { ...plainAddress(`tcp://127.0.0.1:${port}`), tls }
    await assert.rejects(dockerEngine(address).connect(signal), (error) => {
      assert.ok(error instanceof EngineError)
      assert.equal(error.code, 'tls', error.message)
      assert.match(error.message, words)
      return true
    })
    server.close()
    await once(server, 'close')
  })
}
