import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { newRecord } from '../../../src/entrypoint/access-log.ts'
import type { AccessLine, AccessLogOptions } from '../../../src/entrypoint/access-log.ts'
import { commonLogLine, genericLogLine } from '../../../src/entrypoint/common-line.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { record as open } from './raw-client.ts'

const line: AccessLine = {
  entrypoint: 'web',
  count: 7,
  startUtc: new Date('2026-02-03T04:05:06Z'),
  durationMs: 12.4,
  serviceMs: undefined,
  status: 200,
  bytes: 321,
  requestBytes: 0,
  responseBytes: 0,
  clientIp: '192.0.2.1',
  clientPort: 4711,
  method: 'GET',
  path: '/a?b=c',
  protocol: 'HTTP/1.1',
  secure: false,
  headers: { 'user-agent': 'curl/8' },
  requestFields: [],
  responseFields: [],
  record: {
    ...newRecord(undefined),
    router: 'web@docker',
    service: 'web@docker',
    member: 'shop/web/1',
    server: 'http://172.18.0.2:80',
    attempts: 1,
  },
}

/** Collects access lines and lets a test await the next one. */
function collect(measures = false): { accessLog: AccessLogOptions; next: () => Promise<AccessLine> } {
  const events = new EventTarget()
  const lines: AccessLine[] = []
  return {
    accessLog: {
      measures,
      write(written) {
        lines.push(written)
        events.dispatchEvent(new Event('line'))
      },
    },
    async next() {
      if (lines.length === 0) await once(events, 'line')
      const [first] = lines.splice(0, 1)
      assert(first)
      return first
    },
  }
}

describe('commonLogLine', () => {
  it("is Traefik's line", () => {
    assert.equal(
      commonLogLine(line),
      '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b=c HTTP/1.1" 200 321 "-" "curl/8" 7 "web@docker" "http://172.18.0.2:80" 12ms',
    )
  })

  it('lets no client text leave its quotes, its line or the printable characters', () => {
    const text = commonLogLine({
      ...line,
      headers: { 'user-agent': 'a" "b\\\n\u001b[31m\u00e9' },
      status: undefined,
      record: newRecord(undefined),
    })
    assert.match(text, /"a\\" \\"b\\\\\\x0a\\x1b\[31m\\xe9" 7 "-"/)
    assert.match(text, /HTTP\/1\.1" - 321/)
  })
})

describe('genericLogLine', () => {
  it('ends with the agent', () => {
    assert.equal(
      genericLogLine(line),
      '192.0.2.1 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b=c HTTP/1.1" 200 321 "-" "curl/8"',
    )
  })
})

describe('the access log', () => {
  it('measures bodies, the answer and its service when told so', async () => {
    const { accessLog, next } = collect(true)
    await using web = await open({ accessLog }, async (exchange) => {
      assert.equal(exchange.record.serviceAt, 0)
      exchange.record.serviceAt = performance.now()
      for await (const _ of exchange.request);
      respond(exchange, 200, 'héllo', ['X-Own', '1'])
    })
    using client = web.client()
    const chunks = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n'
    assert.equal((await client.send(chunks).answer()).status, 200)
    const posted = await next()
    assert.deepEqual([posted.requestBytes, posted.responseBytes], [7, 6])
    assert.deepEqual(posted.responseFields, ['X-Own', '1', 'Content-Length', '6'])
    assert(posted.serviceMs !== undefined && posted.serviceMs >= 0 && posted.serviceMs <= posted.durationMs)
    client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.deepEqual((await next()).responseBytes, 0)
  })

  it('has one line per request with what each layer decided', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog }, async (exchange) => {
      Object.assign(exchange.record, { router: 'r@docker', service: 's@docker', member: 'm', attempts: 2 })
      respond(exchange, 404, 'gone')
    })
    using client = web.client()
    await client.send('GET /%61//b?q=%20 HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\nReferer: y\r\n\r\n').answer()
    const { startUtc, durationMs, bytes, clientPort, headers, requestFields, ...rest } = await next()
    assert.deepEqual(rest, {
      entrypoint: 'web',
      count: 1,
      status: 404,
      clientIp: '127.0.0.1',
      method: 'GET',
      path: '/a/b?q=%20',
      protocol: 'HTTP/1.1',
      secure: false,
      serviceMs: undefined,
      requestBytes: 0,
      responseBytes: 0,
      responseFields: [],
      record: { ...newRecord(undefined), router: 'r@docker', service: 's@docker', member: 'm', attempts: 2 },
    })
    assert.deepEqual([headers.referer, headers['user-agent']], ['y', 'x'])
    assert.deepEqual(requestFields, ['Host', 'a', 'User-Agent', 'x', 'Referer', 'y'])
    assert.equal(clientPort, client.socket.localPort)
    assert(startUtc instanceof Date && durationMs >= 0)
    assert.equal(bytes, client.socket.bytesRead)
  })

  it('shows refused requests with their raw target and counts on', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog })
    await web.ask('GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal((await next()).count, 1)
    await web.ask('GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n')
    const { status, path, count, record } = await next()
    const { router } = record
    assert.deepEqual({ status, path, count, router }, { status: 400, path: '/a#b', count: 2, router: undefined })
  })

  it('says 499 when the client left before its answer', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog }, async (exchange) => {
      await once(exchange.request, 'close')
      throw new UpstreamError('client-gone', 'the client is gone', { sent: true })
    })
    using client = web.client()
    const arrived = web.nextExchange()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab')
    await arrived
    client.socket.resetAndDestroy()
    assert.equal((await next()).status, 499)
  })

  it('tells an upgrade that a member failed from one that reached it', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog }, async (exchange) => {
      if (exchange.path === '/refused') throw new UpstreamError('refused', 'no member', { sent: false })
      exchange.record.status = exchange.path === '/tunnel' ? 101 : 403
      assert(exchange.kind === 'upgrade')
      exchange.socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    })
    const upgrade = 'HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'
    assert.equal((await web.ask(`GET /refused ${upgrade}`)).status, 502)
    assert.equal((await next()).status, 502)
    await web.ask(`GET /tunnel ${upgrade}`)
    assert.equal((await next()).status, 101)
    await web.ask(`GET /denied ${upgrade}`)
    assert.equal((await next()).status, 403)
  })

  it('shows what never became a request, and what was answered to it', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog, limits: { headerTimeoutMs: 100 } })
    await web.ask('\u0000garbage')
    assert.match(commonLogLine(await next()), /^127.0.0.1 - - \[.*\] "- - -" 400 0 "-" "-" 1 "-" "-" 0ms$/)
    await web.ask('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    assert.equal((await next()).status, 408)
    await web.ask(`GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(70_000)}\r\n\r\n`)
    assert.equal((await next()).status, 431)
  })

  it('is silent about a connection opened ahead of need and not used', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog, limits: { headerTimeoutMs: 100 } })
    using silent = web.client()
    assert.match(await silent.rest(), /^HTTP\/1.1 408 /)
    await web.ask('GET /only HTTP/1.1\r\nHost: a\r\n\r\n')
    const { path, count } = await next()
    assert.deepEqual({ path, count }, { path: '/only', count: 1 })
  })

  it('shows a refused CONNECT', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog })
    await web.ask('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nUser-Agent: x\r\n\r\n')
    const { method, path, status, headers } = await next()
    assert.deepEqual(
      { method, path, status, userAgent: headers['user-agent'] },
      { method: 'CONNECT', path: 'a:1', status: 501, userAgent: 'x' },
    )
  })

  it('says what a request was told whose body was malformed or too slow', async () => {
    const { accessLog, next } = collect()
    await using web = await open({ accessLog, limits: { readTimeoutMs: 50 } }, async (exchange) => {
      exchange.request.resume()
      await once(exchange.request, 'close')
      throw new UpstreamError('client-gone', 'the client is gone', { sent: true })
    })
    const chunked = 'POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n'
    assert.equal((await web.ask(chunked)).status, 400)
    const malformed = await next()
    assert.deepEqual([malformed.path, malformed.status], ['/chunks', 400])
    await web.ask('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab')
    const slow = await next()
    assert.deepEqual([slow.path, slow.status], ['/slow', 408])
  })
})
