// What Muster's own services are asked for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../../../src/exchange/exchange.ts'
import { internalHandler } from '../../../src/exchange/internal.ts'
import type { InternalRequest } from '../../../src/exchange/internal.ts'

for (const [path, asked] of [
  ['/api/version', '/api/version'],
  ['', '/'],
] as const) {
  test(`a router that takes a prefix off asks the API for ${asked}`, async () => {
    const requests: InternalRequest[] = []
    const head = { method: 'GET', path: `/traefik${path}`, query: 'a=b' }
    const response = { headersSent: true }
    const exchange = { kind: 'http', head, path, record: {}, response } as unknown as Exchange
    const handler = internalHandler('api@internal', (_, request) => {
      requests.push(request)
      return Promise.resolve({ status: 200, body: '', fields: [] })
    })
    await handler(exchange)
    assert.deepEqual(requests, [{ method: 'GET', path: asked, query: 'a=b' }])
    assert.equal(exchange.record.service, 'api@internal')
  })
}
