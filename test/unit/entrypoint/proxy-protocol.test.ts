import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readProxyHeader } from '../../../src/entrypoint/proxy-header.ts'
import type { ProxyHeader, Source } from '../../../src/entrypoint/proxy-header.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { field, record } from './raw-client.ts'
import type { RawClient } from './raw-client.ts'

const signature2 = '\r\n\r\n\0\r\nQUIT\n'
const request = 'GET /path HTTP/1.1\r\nHost: a\r\n\r\n'
const insecure = { insecure: true, trustedIPs: [] }

function version2(command: number, family: number, payload: readonly number[], length = payload.length): string {
  return signature2 + String.fromCharCode(command, family, length >> 8, length & 0xff, ...payload)
}

const addresses4 = [192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0, 80]
const addresses6 = [
  0x20,
  1,
  0xd,
  0xb8,
  ...Array<number>(11).fill(0),
  7,
  ...Array<number>(16).fill(1),
  0x12,
  0x67,
  0,
  80,
]

const headers: readonly (readonly [what: string, bytes: string, source: Source | undefined])[] = [
  ['version 1, IPv4', 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n', { address: '192.0.2.7', port: 4711 }],
  ['version 1, IPv6', 'PROXY TCP6 2001:DB8:0::7 ::1 65535 0\r\n', { address: '2001:db8::7', port: 65_535 }],
  ['version 1, unknown', 'PROXY UNKNOWN\r\n', undefined],
  ['version 1, unknown with more', 'PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', undefined],
  ['version 2, IPv4', version2(0x21, 0x11, addresses4), { address: '192.0.2.7', port: 4711 }],
  [
    'version 2, IPv4 with extensions',
    version2(0x21, 0x11, [...addresses4, 4, 0, 1, 0]),
    { address: '192.0.2.7', port: 4711 },
  ],
  ['version 2, IPv6', version2(0x21, 0x21, addresses6), { address: '2001:db8::7', port: 4711 }],
  ['version 2, local', version2(0x20, 0x11, addresses4), undefined],
  ['version 2, local without addresses', version2(0x20, 0, []), undefined],
  ['version 2, of no family', version2(0x21, 0, []), undefined],
  ['version 2, unix', version2(0x21, 0x31, Array<number>(216).fill(0)), undefined],
]

const malformed = [
  'PROXY \r\n',
  'PROXY TCP4\r\n',
  'PROXY TCP5 192.0.2.7 198.51.100.1 1 2\r\n',
  'PROXY TCP4 ::1 ::1 1 2\r\n',
  'PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n',
  'PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n',
  'PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n',
  'PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n',
  'PROXY  TCP4 192.0.2.7 198.51.100.1 1 2\r\n',
  'PROXY TCP4 999.0.2.7 198.51.100.1 1 2\r\n',
  `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
  version2(0x11, 0x11, addresses4),
  version2(0x22, 0x11, addresses4),
  version2(0x21, 0x41, addresses4),
  version2(0x21, 0x13, addresses4),
  version2(0x21, 0x11, addresses4.slice(0, 11)),
  version2(0x21, 0x21, addresses4),
  version2(0x21, 0x11, [], 521),
]

function read(text: string): ProxyHeader {
  return readProxyHeader(Buffer.from(text, 'latin1'))
}

describe('readProxyHeader', () => {
  for (const [what, bytes, source] of headers) {
    it(`reads ${what}, once all of it is there`, () => {
      assert.deepEqual(read(bytes + request), { kind: 'header', bytes: bytes.length, source })
      for (let end = 0; end < bytes.length; end++) assert.equal(read(bytes.slice(0, end)).kind, 'incomplete')
    })
  }

  for (const bytes of malformed) {
    it(`refuses ${JSON.stringify(bytes.slice(0, 60))}`, () => {
      assert.equal(read(bytes).kind, 'malformed')
    })
  }

  it('leaves anything else to the client, at the first byte that differs', () => {
    for (const text of ['G', 'PO', 'PROXYX', '\r\nGET', '\r\n\r\n\0\r\nQUIT ', 'proxy ', '\x16\x03']) {
      assert.equal(read(text).kind, 'absent', JSON.stringify(text))
    }
  })

  it('answers to any bytes, and never waits beyond its limits', () => {
    const piece = fc.constantFrom('PROXY ', 'TCP4', ' ', '\r', '\n', '1.1.1.1', signature2, '\x21\x11', '\0', '\xff')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('')
        const header = read(text)
        if (header.kind === 'header') assert(header.bytes <= Math.min(text.length, 536))
        if (header.kind === 'incomplete') assert(text.length < 536)
      }),
    )
  })
})

describe('an entrypoint with the PROXY protocol', () => {
  for (const [what, bytes, source] of headers) {
    it(`knows its client by a header of ${what}`, async () => {
      await using web = await record({ proxyProtocol: insecure })
      assert.equal((await web.ask(bytes + request)).body, '/path')
      const client = source?.address ?? '127.0.0.1'
      assert.equal(web.exchanges[0]?.head.clientIp, client)
      assert.equal(field(web.exchanges[0], 'X-Forwarded-For'), client)
      assert.equal(field(web.exchanges[0], 'X-Real-Ip'), client)
    })
  }

  it('reads one that comes byte by byte, and all requests behind it', async () => {
    await using web = await record({ proxyProtocol: insecure })
    using client = web.client()
    client.socket.setNoDelay()
    for (const byte of `PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n${request}`) await written(client, byte)
    assert.equal((await client.answer()).body, '/path')
    assert.equal((await client.send(request + request).answer()).status, 200)
    assert.equal((await client.answer()).status, 200)
    client.send('POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
    assert.equal((await client.answer()).body, '/body')
    assert.deepEqual(
      web.exchanges.map(({ head }) => head.clientIp),
      Array<string>(4).fill('192.0.2.7'),
    )
  })

  it('loses no byte of a large body that follows at once, nor their order', async () => {
    const body = Array.from({ length: 100_000 }, (_, i) => String(i).padStart(7, '0')).join('')
    await using web = await record({ proxyProtocol: insecure }, async (exchange) => {
      respond(exchange, 200, (await text(exchange.request)) === body ? 'the same' : 'another')
    })
    using client = web.client()
    client.send(
      `PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    assert.equal((await client.answer()).body, 'the same')
  })

  it('upgrades behind one', async () => {
    await using web = await record({ proxyProtocol: insecure }, async (exchange) => {
      assert(exchange.kind === 'upgrade')
      exchange.socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${exchange.head.clientIp}`)
    })
    using client = web.client()
    client.send('PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\nGET / HTTP/1.1\r\nHost: a\r\n')
    client.send('Connection: upgrade\r\nUpgrade: websocket\r\n\r\n')
    assert.match(await client.rest(), /192\.0\.2\.7$/)
  })

  it('serves who sends none', async () => {
    await using web = await record({ proxyProtocol: { insecure: false, trustedIPs: ['127.0.0.0/8'] } })
    assert.equal((await web.ask(request)).status, 200)
    assert.equal(web.exchanges[0]?.head.clientIp, '127.0.0.1')
  })

  it('takes off and does not believe the header of who is not trusted, as in Traefik', async () => {
    await using web = await record({ proxyProtocol: { insecure: false, trustedIPs: ['10.0.0.0/8'] } })
    for (const [, bytes] of headers) assert.equal((await web.ask(bytes + request)).status, 200)
    assert.equal((await web.ask(request)).status, 200)
    assert.deepEqual([...new Set(web.exchanges.map(({ head }) => head.clientIp))], ['127.0.0.1'])
  })

  it('reads one header only: a second is no HTTP', async () => {
    await using web = await record({ proxyProtocol: insecure })
    const header = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n'
    assert.equal((await web.ask(header + header + request)).status, 400)
    assert.equal(web.exchanges.length, 0)
  })

  for (const [what, bytes] of [
    ['malformed', 'PROXY TCP4 nobody\r\n'],
    ['too long', `PROXY ${'x'.repeat(120)}`],
  ] as const) {
    it(`closes without a word where it is ${what}`, async () => {
      await using web = await record({ proxyProtocol: insecure })
      using client = web.client()
      assert.equal(await client.send(bytes).rest(), '')
      assert.equal(web.exchanges.length, 0)
    })
  }

  it('waits for one as long as for a head', async () => {
    await using web = await record({ proxyProtocol: insecure, limits: { headerTimeoutMs: 50 } })
    using silent = web.client()
    using slow = web.client()
    slow.send('PROXY TC')
    assert.equal(await silent.rest(), '')
    assert.equal(await slow.rest(), '')
  })

  it('takes the client for the one who is trusted with X-Forwarded-For, and counted', async () => {
    await using web = await record({
      proxyProtocol: insecure,
      forwardedHeaders: { trustedIPs: ['192.0.2.7'] },
      limits: { maxConnectionsPerIp: 1 },
    })
    const asked = 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n'
    await web.ask(`PROXY TCP4 192.0.2.7 198.51.100.1 1 80\r\n${asked}`)
    assert.equal(field(web.exchanges[0], 'X-Forwarded-For'), '6.6.6.6, 192.0.2.7')
    using one = web.client()
    using two = web.client()
    await one.send(`PROXY TCP4 192.0.2.8 198.51.100.1 1 80\r\n${asked}`).answer()
    assert.equal(field(web.exchanges[1], 'X-Forwarded-For'), '192.0.2.8')
    assert.equal(await two.send(`PROXY TCP4 192.0.2.8 198.51.100.1 1 80\r\n${asked}`).rest(), '')
  })

  it('names the client in the access log', async () => {
    const { promise, resolve } = Promise.withResolvers<readonly [string, number]>()
    const accessLog = {
      measures: false,
      write: ({ clientIp, clientPort }: { clientIp: string; clientPort: number }) => resolve([clientIp, clientPort]),
    }
    await using web = await record({ proxyProtocol: insecure, accessLog })
    await web.ask(`PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n${request}`)
    assert.deepEqual(await promise, ['192.0.2.7', 4711])
  })

  it('closes at once where a header is still to come when it stops', async () => {
    const limits = { headerTimeoutMs: 60_000, graceTimeOutMs: 60_000 }
    await using web = await record({ proxyProtocol: insecure, limits })
    using waiting = web.client()
    waiting.send('PROXY ')
    using other = web.client()
    await other.send(request).answer()
    await web.entrypoint.drain()
    assert.equal(await waiting.rest(), '')
  })
})

function written({ socket }: RawClient, byte: string): Promise<void> {
  return new Promise((resolve) => {
    socket.write(byte, 'latin1', () => setImmediate(resolve))
  })
}
