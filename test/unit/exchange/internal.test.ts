// What Muster's own services are asked for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventStreams } from '../../../src/exchange/event-streams.ts'
import type { Exchange } from '../../../src/exchange/exchange.ts'
import { internalHandler } from '../../../src/exchange/internal.ts'
import type { InternalRequest } from '../../../src/exchange/internal.ts'

for (const [path, asked] of [
  ['/api/version', '/api/version'],
  ['', '/'],
] as const) {
  test(`a router that takes a prefix off asks the API for ${asked}`, async () => {
    const requests: InternalRequest[] = []
    const fields = ['Host', 'lb.local:81']
    const known = { query: 'a=b', host: 'lb.local', clientIp: '10.0.0.1', fields }
    const head = { method: 'GET', path: `/traefik${path}`, ...known }
    const response = { headersSent: true }
    const exchange = { kind: 'http', head, path, record: { router: 'r@file' }, response } as unknown as Exchange
    using streams = new EventStreams()
    const handler = internalHandler(
      'api@internal',
      (_, request) => {
        requests.push(request)
        return Promise.resolve({ status: 200, body: '', fields: [] })
      },
      streams,
    )
    await handler(exchange)
    assert.deepEqual(requests, [{ method: 'GET', path: asked, ...known, router: 'r@file', body: undefined }])
    assert.equal(exchange.record.service, 'api@internal')
  })
}
