import assert from 'node:assert/strict'
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { test } from 'node:test'
import type { HealthCheckConfig } from '../../../../src/model/service-config.ts'
import { certificate, key } from '../../../support/certificate.ts'
import { startRawOrigin } from '../../../support/origin.ts'
import { checked, down, localTarget, up } from './checking.ts'

const serving = '00000000020801'
const head = { ':status': 200, 'content-type': 'application/grpc' }

test('it asks as the gRPC health protocol says, about the whole server', async () => {
  let seen: unknown[] = []
  await using server = createServer()
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const names = [':method', ':scheme', ':path', ':authority', 'te', 'content-type']
      seen = [...names.map((name) => headers[name]), Buffer.concat(chunks).toString('hex')]
      reply(stream, head, serving, { 'grpc-status': '0' })
    })
  })
  const port = await listening(server)
  const health = '/grpc.health.v1.Health/Check'
  assert.deepEqual(await checked(localTarget(port), { mode: 'grpc', path: undefined }), up)
  const [authority, type] = [`127.0.0.1:${port}`, 'application/grpc']
  assert.deepEqual(seen, ['POST', 'http', health, authority, 'trailers', type, '0000000000'])
  const named: Partial<HealthCheckConfig> = { mode: 'grpc', path: '/shop', hostname: 'shop.test', scheme: 'h2c' }
  assert.deepEqual(await checked(localTarget(port), named), up)
  assert.deepEqual(seen, ['POST', 'http', health, 'shop.test', 'trailers', type, '0000000000'])
})

test('an https member is asked over TLS, and its certificate must verify', async () => {
  await using server = createSecureServer({ cert: certificate, key })
  server.on('stream', (stream) => reply(stream, head, serving, { 'grpc-status': '0' }))
  const target = localTarget(await listening(server), { scheme: 'https' })
  assert.deepEqual(await checked(target, { mode: 'grpc' }), down('its certificate is not trusted'))
  assert.deepEqual(await checked(target, { mode: 'grpc' }, { ca: certificate }), up)
})

/** Head, body as hex, trailers (undefined: the head ends the answer), and the verdict. */
const answers: readonly (readonly [string, OutgoingHttpHeaders, string, OutgoingHttpHeaders | undefined, string])[] = [
  ['serving', head, serving, { 'grpc-status': '0' }, 'check passed'],
  [
    'serving, as proto',
    { ...head, 'content-type': 'application/grpc+proto' },
    serving,
    { 'grpc-status': '0' },
    'check passed',
  ],
  ['not serving', head, '00000000020802', { 'grpc-status': '0' }, 'grpc health is not serving'],
  ['nothing known', head, '0000000000', { 'grpc-status': '0' }, 'grpc health is unknown'],
  ['no such service', { ...head, 'grpc-status': '5' }, '', undefined, 'grpc status is not found'],
  ['no health service', { ...head, 'grpc-status': '12' }, '', undefined, 'grpc status is unimplemented'],
  ['a message, but not in the end', head, serving, { 'grpc-status': '14' }, 'grpc status is unavailable'],
  ['a status nobody knows', head, serving, { 'grpc-status': '99' }, 'grpc status is 99'],
  ['a status that is no number', head, serving, { 'grpc-status': 'ok' }, 'grpc answer has no valid status'],
  ['an empty status', head, serving, { 'grpc-status': '' }, 'grpc answer has no valid status'],
  ['trailers without a status', head, serving, { x: 'y' }, 'grpc answer has no status'],
  ['a good status, but no message', { ...head, 'grpc-status': '0' }, '', undefined, 'grpc answer is malformed'],
  ['two messages', head, serving + serving, { 'grpc-status': '0' }, 'grpc answer is malformed'],
  ['half a message', head, '000000000208', { 'grpc-status': '0' }, 'grpc answer is malformed'],
  ['a message beyond all size', head, '00'.repeat(1e5), { 'grpc-status': '0' }, 'grpc answer is too large'],
  ['another status of HTTP', { ...head, ':status': 503 }, serving, { 'grpc-status': '0' }, 'grpc check answered 503'],
  ['a page', { ':status': 200, 'content-type': 'text/html' }, '3c', undefined, 'answer is not grpc'],
  [
    'a type that begins alike',
    { ...head, 'content-type': 'application/grpc-web' },
    serving,
    { 'grpc-status': '0' },
    'answer is not grpc',
  ],
]

for (const [name, fields, body, trailers, reason] of answers) {
  test(`an answer with ${name} means: ${reason}`, async () => {
    await using server = createServer()
    server.on('stream', (stream) => reply(stream, fields, body, trailers))
    const verdict = await checked(localTarget(await listening(server)), { mode: 'grpc' })
    assert.deepEqual(verdict, { up: reason === 'check passed', reason })
  })
}

/** What becomes of the stream or the connection instead of an answer, and the verdict. */
const endings: readonly (readonly [
  string,
  (stream: ServerHttp2Stream, asked: IncomingHttpHeaders) => unknown,
  string,
])[] = [
  ['the stream is reset', (stream) => stream.close(2), 'no valid http/2 answer'],
  ['the stream is refused', (stream) => stream.close(7), 'no valid http/2 answer'],
  [
    'the connection is told to go away',
    (stream) => stream.session?.destroy(undefined, 1),
    'connection closed before an answer',
  ],
  ['the head is followed by a reset', (stream) => (stream.respond(head), stream.close(2)), 'grpc answer has no status'],
  [
    'interim answers never end',
    (stream) => {
      for (let i = 0; i < 30; i++) stream.additionalHeaders({ ':status': 103 })
    },
    'too many interim answers',
  ],
  ['nothing is', () => {}, 'no answer within 300 ms'],
  ['the head comes and nothing else', (stream) => stream.respond(head), 'no answer within 300 ms'],
]

for (const [name, answer, reason] of endings) {
  test(`where ${name}: ${reason}`, async () => {
    await using server = createServer()
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      answer(stream, headers)
    })
    const gone = new Promise<void>((resolve) => server.on('session', (session) => session.on('close', resolve)))
    assert.deepEqual(
      await checked(localTarget(await listening(server)), { mode: 'grpc', timeoutMs: 300 }),
      down(reason),
    )
    await gone
  })
}

const settings = '\0\0\0\x04\0\0\0\0\0'

/** What a member sends that speaks no HTTP/2, or a broken one. */
const bytes: readonly (readonly [string, string, string])[] = [
  ['HTTP/1', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'no valid http/2 answer'],
  ['garbage', '\xff'.repeat(100), 'no valid http/2 answer'],
  ['nothing', '', 'connection closed before an answer'],
  ['a greeting and no more', settings, 'connection closed before an answer'],
  ['a greeting and a frame beyond all size', `${settings}\xff\xff\xff\0\0\0\0\0\x01`, 'no valid http/2 answer'],
  [
    'a greeting and a head that cannot be read',
    `${settings}\0\0\x02\x01\x05\0\0\0\x01\xff\xff`,
    'no valid http/2 answer',
  ],
  [
    'a greeting and a promise',
    `${settings}\0\0\x05\x05\x04\0\0\0\x01\0\0\0\x02\x88`,
    'connection closed before an answer',
  ],
]

for (const [name, text, reason] of bytes) {
  test(`a member that sends ${name}: ${reason}`, async () => {
    await using origin = await startRawOrigin((peer) => {
      peer.socket.once('data', () => peer.socket.end(text, 'latin1'))
    })
    assert.deepEqual(await checked(localTarget(origin.port), { mode: 'grpc' }), down(reason))
    const [peer] = origin.peers
    await peer?.over
  })
}

test('garbage in place of TLS is a verdict, and so is a TLS member without HTTP/2', async () => {
  await using origin = await startRawOrigin((peer) => peer.send('\0\x01\x02garbage'))
  const target = localTarget(origin.port, { scheme: 'https' })
  assert.deepEqual(await checked(target, { mode: 'grpc' }), down('tls handshake failed'))
  await using server = createTlsServer({ cert: certificate, key, ALPNProtocols: ['http/1.1'] })
  const other = localTarget(await listening(server), { scheme: 'https' })
  assert.deepEqual(await checked(other, { mode: 'grpc' }, { ca: certificate }), down('tls handshake failed'))
})

function reply(
  stream: ServerHttp2Stream,
  fields: OutgoingHttpHeaders,
  body: string,
  trailers: OutgoingHttpHeaders | undefined,
): void {
  stream.on('error', () => {})
  if (trailers === undefined && body === '') {
    stream.respond(fields, { endStream: true })
    return
  }
  stream.respond(fields, { waitForTrailers: trailers !== undefined })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}))
  stream.end(Buffer.from(body, 'hex'))
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
