// Answers that middlewares give themselves, over real connections: what a client gets, and what its connection is then.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { respond } from '../../../src/exchange/respond.ts'
import type { Handler } from '../../../src/exchange/exchange.ts'
import { chain, compileMiddleware } from '../../../src/middleware/compile-middleware.ts'
import type { PlannedMiddleware } from '../../../src/model/dynamic-config.ts'
import { ask, openEdge } from '../../support/edge.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { headersWith } from './harness.ts'

const toHttps = { kind: 'redirectScheme', scheme: 'https', port: '', permanent: true } as const
const marked = headersWith({
  customResponseHeaders: new Map([['X-Marked', 'é']]),
  stsSeconds: 60,
  forceSTSHeader: true,
})

/** Answers with the target a member would be asked for. */
const member: Handler = (exchange) => {
  respond(exchange, 200, exchange.path)
  return Promise.resolve()
}

function behind(...configs: readonly PlannedMiddleware[]): Handler {
  return chain(configs.map(compileMiddleware), member)
}

test('a request over http is sent to https, whatever it claims of itself', async () => {
  await using edge = await openEdge(behind(marked, toHttps))
  const fields = { 'X-Forwarded-Proto': 'https', Connection: 'X-Forwarded-Proto' }
  const answer = await ask(edge.port, '/a/../b%2fc?d=%20', { host: 'a.example:8080', fields })
  assert.equal(answer.status, 301)
  assert.deepEqual(answer.fields.get('location'), ['https://a.example/b%2Fc?d=%20'])
  assert.deepEqual(answer.fields.get('strict-transport-security'), ['max-age=60'])
})

test('a path of two slashes is a path, and a query stays one line', async () => {
  await using edge = await openEdge(behind(toHttps))
  const { fields } = await ask(edge.port, '//evil.example/%0d%0aX:y?%0d%0aZ:"', { host: 'a.example' })
  assert.deepEqual(fields.get('location'), ['https://a.example/evil.example/%0D%0AX:y?%0d%0aZ:%22'])
  assert.equal(fields.get('x'), undefined)
})

test('a WebSocket over http is redirected too, on a connection that ends', async () => {
  await using edge = await openEdge(behind(marked, toHttps))
  const handshake = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n'
  await using client = await connectRaw(edge.port, `GET /chat HTTP/1.1\r\nHost: a.example\r\n${handshake}\r\n`)
  const answer = await client.all()
  assert.match(answer, /^HTTP\/1\.1 301 Moved Permanently\r\n/)
  assert.match(answer, /\r\nLocation: https:\/\/a\.example\/chat\r\n/)
  assert.match(answer, /\r\nX-Marked: \xc3\xa9\r\n/)
  assert.match(answer, /\r\nConnection: close\r\n/)
})

test('the connection of an answered preflight carries the next request', async () => {
  await using edge = await openEdge(behind(headersWith({ accessControlAllowOriginList: ['http://b.example'] })))
  const preflight = 'Origin: http://b.example\r\nAccess-Control-Request-Method: PUT\r\nContent-Length: 4\r\n\r\nbody'
  await using client = await connectRaw(
    edge.port,
    `OPTIONS /x HTTP/1.1\r\nHost: a\r\n${preflight}GET /y HTTP/1.1\r\nHost: a\r\n\r\n`,
  )
  const both = await client.until('/y')
  assert.match(both, /^HTTP\/1\.1 200 OK\r\nAccess-Control-Allow-Origin: http:\/\/b\.example\r\n/)
  assert.match(both, /\r\nContent-Length: 0\r\n[^]*\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\/y$/)
})

test('a request without a host is neither redirected nor let through', async () => {
  await using edge = await openEdge(behind(toHttps))
  await using client = await connectRaw(edge.port, 'GET / HTTP/1.0\r\n\r\n')
  assert.match(await client.all(), /^HTTP\/1\.1 400 Bad Request\r\n/)
})

test('an answer of our own has the fields configured for its router', async () => {
  await using edge = await openEdge(behind(marked))
  const { status, body, fields } = await ask(edge.port, '/x')
  assert.equal(status, 200)
  assert.equal(body, '/x')
  assert.deepEqual(fields.get('x-marked'), ['Ã©'])
})
