// What an edge must refuse before it routes, as raw bytes on the socket.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { respond } from '../../src/exchange/respond.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { UpstreamError } from '../../src/exchange/upstream-error.ts'
import { field, names, record } from '../unit/entrypoint/raw-client.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'

function request(line: string, fields = '', body = ''): string {
  return `${line}\r\nHost: a\r\n${fields}\r\n${body}`
}

async function afterBody(exchange: Exchange): Promise<void> {
  await once(exchange.request.resume(), 'close')
}

const chunk = '3\r\nabc\r\n0\r\n\r\n'

/** Never handed on: not the request, nor what follows it on the connection. */
const refused: readonly (readonly [what: string, bytes: string, status: number])[] = [
  ['no Host on HTTP/1.1', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['the same Host twice', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
  ['two Hosts on HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/evil\r\n\r\n', 400],
  ['a Host with userinfo', 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n', 400],
  ['a Host list', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n', 400],
  ['a Host with an empty label', 'GET / HTTP/1.1\r\nHost: a..b\r\n\r\n', 400],
  ['a Host past ASCII', 'GET / HTTP/1.1\r\nHost: b\u00fccher\r\n\r\n', 400],
  ['a hostile Host beside an absolute target', 'GET http://b/ HTTP/1.1\r\nHost: a/evil\r\n\r\n', 400],
  ['an absolute target with userinfo', request('GET http://a@b/ HTTP/1.1'), 400],
  ['an absolute target without host', request('GET http:///admin HTTP/1.1'), 400],
  ['a fragment', request('GET /public#/../admin HTTP/1.1'), 400],
  ['a fragment in the query', request('GET /public?x#/../admin HTTP/1.1'), 400],
  ['an opaque target', request('GET http:http://internal/admin HTTP/1.1'), 400],
  ['a rootless target', request('GET admin HTTP/1.1'), 400],
  ['another scheme', request('GET ftp://a/ HTTP/1.1'), 400],
  ['an asterisk without OPTIONS', request('GET * HTTP/1.1'), 400],
  ['an invalid escape', request('GET /%zz HTTP/1.1'), 400],
  ['a cut escape', request('GET /% HTTP/1.1'), 400],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['HTTP/2.0 on a plain socket', request('GET / HTTP/2.0'), 400],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS on a plain socket', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 501],
  ['TE with an empty member', request('POST / HTTP/1.1', 'Transfer-Encoding: ,chunked\r\n', chunk), 400],
  ['TE with two codings', request('POST / HTTP/1.1', 'Transfer-Encoding: gzip, chunked\r\n', chunk), 400],
  ['TE with identity last', request('POST / HTTP/1.1', 'Transfer-Encoding: chunked, identity\r\n', chunk), 400],
  ['an unknown TE', request('POST / HTTP/1.1', 'Transfer-Encoding: xchunked\r\n', chunk), 400],
  ['TE behind a vertical tab', request('POST / HTTP/1.1', 'Transfer-Encoding: \u000bchunked\r\n', chunk), 400],
  [
    'two TE lines',
    request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', chunk),
    400,
  ],
  ['TE on HTTP/1.0', request('POST / HTTP/1.0', 'Transfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['CL before TE', request('POST / HTTP/1.1', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', chunk), 400],
  ['TE before CL', request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', chunk), 400],
  ['an empty CL', request('POST / HTTP/1.1', 'Content-Length:\r\n', 'abc'), 400],
  ['a CL with a space', request('POST / HTTP/1.1', 'Content-Length: 1 2\r\n', 'abc'), 400],
  ['a signed CL', request('POST / HTTP/1.1', 'Content-Length: +1\r\n', 'abc'), 400],
  ['a hexadecimal CL', request('POST / HTTP/1.1', 'Content-Length: 0x10\r\n', 'abc'), 400],
  ['a CL list', request('POST / HTTP/1.1', 'Content-Length: 1,1\r\n', 'abc'), 400],
  ['two equal CLs', request('POST / HTTP/1.1', 'Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'), 400],
  ['a CL behind a space', request('POST / HTTP/1.1', ' Content-Length: 3\r\n', 'abc'), 400],
  ['a CL with a leading zero', request('POST / HTTP/1.1', 'Content-Length: 010\r\n', 'abcabcabca'), 400],
  ['a CL past exact numbers', request('POST / HTTP/1.1', 'Content-Length: 9007199254740993\r\n', 'abc'), 400],
  ['a bare CR that ends the head', 'GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n\rZGET /evil: HTTP/1.1\r\n\r\n', 400],
  ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['a folded field', request('GET / HTTP/1.1', 'A: 1\r\n b\r\n'), 400],
  ['a space before the colon', request('GET / HTTP/1.1', 'A : 1\r\n'), 400],
  ['NUL in a value', request('GET / HTTP/1.1', 'A: \u0000\r\n'), 400],
  ['an unknown expectation', request('POST / HTTP/1.1', 'Expect: 200-ok\r\nContent-Length: 3\r\n', 'abc'), 417],
  ['an expectation list', request('POST / HTTP/1.1', 'Expect: 100-continue, x\r\nContent-Length: 3\r\n', 'abc'), 417],
  ['201 fields', request('GET / HTTP/1.1', 'A: b\r\n'.repeat(200)), 431],
  [
    '1,100 fields before a TE',
    request('GET / HTTP/1.1', `${'A: b\r\n'.repeat(1100)}Transfer-Encoding: chunked\r\n`, chunk),
    431,
  ],
  ['a head past 64 KiB', request('GET / HTTP/1.1', `A: ${'b'.repeat(70_000)}\r\n`), 431],
]

describe('an entrypoint refuses', () => {
  for (const [what, bytes, status] of refused) {
    it(`${what} with ${status}, and serves nothing behind it`, async () => {
      await using web = await record()
      using client = web.client()
      const answer = await client.send(bytes + smuggled).answer()
      assert.equal(answer.status, status)
      assert.equal(answer.fields.get('connection'), 'close')
      assert.equal(await client.rest(), '')
      assert.deepEqual(web.exchanges, [])
      assert.equal((await web.ask(get)).status, 200)
    })
  }

  it('no number of fields below its limit, and loses none of them', async () => {
    await using web = await record({ limits: { maxHeaderFields: 3000 } })
    const fields = `${'A: b\r\n'.repeat(2500)}Transfer-Encoding: chunked\r\n`
    assert.equal((await web.ask(request('POST / HTTP/1.1', fields, chunk))).status, 200)
    const [exchange] = web.exchanges
    assert.equal(names(exchange).filter((name) => name === 'a').length, 2500)
    assert.deepEqual(exchange?.framing, { kind: 'chunked' })
  })

  it('escapes it is told to refuse', async () => {
    await using web = await record({ refusedEscapes: new Set(['%2F']) })
    assert.equal((await web.ask(request('GET /admin%2fusers HTTP/1.1'))).status, 400)
    assert.deepEqual(web.exchanges, [])
  })
})

/** Hands on the head, but never lets a body with a broken frame end well. */
const badChunks: readonly (readonly [what: string, body: string])[] = [
  ['an underscore', '0_2e\r\n'],
  ['a sign', '+1\r\na\r\n0\r\n\r\n'],
  ['a signed hexadecimal', '-0x0\r\n\r\n'],
  ['two CRs', '1\r\r;a\r\n'],
  ['a leading space', ' 0\r\n\r\n'],
  ['no digits', 'Z\r\n\r\n'],
  ['a bare LF after the size', '1\na\r\n0\r\n\r\n'],
  ['data longer than its size', 'a\r\n0123456789\n0\r\n\r\n'],
  ['an LF in the extension', '1;a\nb\r\nx\r\n0\r\n\r\n'],
]

describe('a chunk size with', () => {
  for (const [what, body] of badChunks) {
    it(`${what} ends the request and its connection`, async () => {
      const ends: string[] = []
      await using web = await record({}, async (exchange) => {
        exchange.request.resume()
        exchange.request.on('end', () => ends.push('end'))
        await new Promise((resolve) => exchange.request.once('close', resolve))
        throw new UpstreamError('client-gone', 'the client is gone', { sent: true })
      })
      using client = web.client()
      client.send(request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\n', body) + smuggled)
      assert.match(await client.rest(), /^HTTP\/1.1 400 /)
      assert.deepEqual(ends, [])
      assert.equal(web.exchanges.length, 1)
    })
  }

  it('extensions without end is answered 413', async () => {
    await using web = await record({}, async (exchange) => {
      exchange.request.resume()
      await new Promise((resolve) => exchange.request.once('close', resolve))
      throw new UpstreamError('client-gone', 'the client is gone', { sent: true })
    })
    using client = web.client()
    client.send(request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\n', `1;${'a'.repeat(20_000)}`))
    assert.match(await client.rest(), /^HTTP\/1.1 413 /)
  })
})

describe('pipelined requests', () => {
  it('are each routed on their own and answered in order', async () => {
    await using web = await record()
    using client = web.client()
    client.send(request('POST /1 HTTP/1.1', 'Content-Length: 0\r\n') + 'GET /2 HTTP/1.1\r\nHost: b\r\n\r\n')
    assert.equal((await client.answer()).body, '/1')
    assert.equal((await client.answer()).body, '/2')
    assert.deepEqual(
      web.exchanges.map(({ head }) => `${head.host}${head.path}`),
      ['a/1', 'b/2'],
    )
  })

  it('behind one with Connection: close are not served, and that one still gets its answer', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, async (exchange) => {
      await release.promise
      respond(exchange, 200, 'first')
    })
    using client = web.client()
    const arrived = web.nextExchange()
    client.send(request('GET / HTTP/1.1', 'Connection: close\r\n') + smuggled)
    await arrived
    release.resolve()
    assert.equal((await client.answer()).body, 'first')
    assert.equal(await client.rest(), '')
    assert.equal(web.exchanges.length, 1)
  })

  it('that are malformed do not take the answer of the one before', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, async (exchange) => {
      await release.promise
      respond(exchange, 200, 'first')
    })
    using client = web.client()
    const arrived = web.nextExchange()
    client.send(`${get}\u0000garbage`)
    await arrived
    release.resolve()
    assert.equal((await client.answer()).body, 'first')
    assert.equal(await client.rest(), '')
  })

  it('are not served behind a CONNECT, whose refusal cannot be taken for another answer', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, () => release.promise)
    using client = web.client()
    client.send(`${get}CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n${smuggled}`)
    assert.equal(await client.rest(), '')
    release.resolve()
    assert.equal(web.exchanges.length, 1)
  })
})

describe('header trust', () => {
  it('holds whatever the client names in Connection or spells otherwise', async () => {
    await using web = await record()
    await web.ask(
      request(
        'GET / HTTP/1.1',
        [
          'Connection: close, x-forwarded-for, X-REAL-IP, host, authorization',
          'Authorization: Bearer t',
          'X-Forwarded-For: 6.6.6.6',
          'X_Forwarded_Proto: https',
          'X-Forwarded-Prefix: /admin',
          'Forwarded: for=6.6.6.6',
          'Proxy: http://evil',
          '__proto__: x',
          'constructor: y',
          '',
        ].join('\r\n'),
      ),
    )
    const [exchange] = web.exchanges
    assert.equal(field(exchange, 'X-Forwarded-For'), '127.0.0.1')
    assert.equal(field(exchange, 'X-Real-Ip'), '127.0.0.1')
    assert.equal(field(exchange, 'X-Forwarded-Proto'), 'http')
    assert.equal(field(exchange, 'Authorization'), 'Bearer t')
    assert.equal(field(exchange, '__proto__'), 'x')
    assert.equal(field(exchange, 'constructor'), 'y')
    const seen = new Set(names(exchange))
    for (const name of ['x_forwarded_proto', 'x-forwarded-prefix', 'forwarded', 'proxy', 'connection']) {
      assert.equal(seen.has(name), false, name)
    }
  })
})

describe('a client that resets', () => {
  const stages: readonly (readonly [when: string, bytes: string])[] = [
    ['in the request line', 'GET /a'],
    ['in a field', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
    ['in a body', request('POST / HTTP/1.1', 'Content-Length: 10\r\n', 'abc')],
    ['in a chunk', request('POST / HTTP/1.1', 'Transfer-Encoding: chunked\r\n', '5\r\nab')],
    ['before its 100 Continue is used', request('POST / HTTP/1.1', 'Expect: 100-continue\r\nContent-Length: 3\r\n')],
    ['while its answer is due', get],
    ['with an upgrade due', request('GET / HTTP/1.1', 'Connection: upgrade\r\nUpgrade: websocket\r\n')],
    ['behind pipelined requests', get.repeat(20)],
  ]
  for (const [when, bytes] of stages) {
    it(`${when} leaves the entrypoint serving`, async () => {
      const release = Promise.withResolvers<void>()
      await using web = await record({}, async (exchange) => {
        if (exchange.head.path === '/alive') {
          respond(exchange, 200, 'alive')
          return
        }
        await release.promise
        // The handler writes to a connection that is gone.
        respond(exchange, 200, 'x'.repeat(100_000))
      })
      using client = web.client()
      await once(client.socket, 'connect')
      await new Promise<void>((resolve) => {
        client.socket.write(bytes, 'latin1', () => resolve())
      })
      client.socket.resetAndDestroy()
      release.resolve()
      assert.equal((await web.ask('GET /alive HTTP/1.1\r\nHost: a\r\n\r\n')).body, 'alive')
      assert.deepEqual(web.errors, [])
    })
  }

  it('in the middle of its answer leaves the entrypoint serving', async () => {
    await using web = await record({}, async (exchange) => {
      if (exchange.head.path === '/alive') {
        respond(exchange, 200, 'alive')
        return
      }
      assert(exchange.kind === 'http')
      const { response } = exchange
      response.writeHead(200, ['Content-Length', '1000000'])
      response.write('x'.repeat(500_000))
      await once(response, 'close')
      response.write('more')
      response.end('end')
      throw new Error('written to a connection that is gone')
    })
    using client = web.client()
    client.send(get)
    await once(client.socket, 'data')
    client.socket.resetAndDestroy()
    assert.equal((await web.ask('GET /alive HTTP/1.1\r\nHost: a\r\n\r\n')).body, 'alive')
  })
})

describe('pipelined requests', () => {
  it('are served one after the other, since each may build on the one before', async () => {
    const seen: string[] = []
    await using web = await record({}, async (exchange) => {
      seen.push(`begin ${exchange.path}`)
      await afterBody(exchange)
      seen.push(`end ${exchange.path}`)
      respond(exchange, 200, exchange.path)
    })
    using client = web.client()
    const post = (path: string): string => request(`POST ${path} HTTP/1.1`, 'Content-Length: 1\r\n', 'x')
    client.send(post('/1') + post('/2') + post('/3'))
    for (const path of ['/1', '/2', '/3']) assert.equal((await client.answer()).body, path)
    assert.deepEqual(seen, ['begin /1', 'end /1', 'begin /2', 'end /2', 'begin /3', 'end /3'])
  })

  it('beyond a limit end the connection and occupy one handler', async () => {
    await using web = await record({}, () => new Promise(() => undefined))
    using client = web.client()
    client.send(get.repeat(3000))
    await client.rest()
    assert.equal(web.exchanges.length, 1)
  })
})

describe('a stop', () => {
  it('answers a request that was on its way on a connection promised to be kept', async () => {
    await using web = await record()
    using client = web.client()
    await client.send(get).answer()
    const closed = web.entrypoint.close(60_000)
    const answer = await client.send(get).answer()
    assert.equal(answer.fields.get('connection'), 'close')
    await closed
  })
})

describe('a slow client', () => {
  it('that does not finish its head in time gets 408 and the end of the connection', async () => {
    await using web = await record({ limits: { headerTimeoutMs: 100 } })
    using client = web.client()
    assert.match(await client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ').rest(), /^HTTP\/1.1 408 /)
    assert.deepEqual(web.exchanges, [])
  })

  it('that stops in the middle of a body loses the connection', async () => {
    await using web = await record({ limits: { readTimeoutMs: 50 } }, afterBody)
    using client = web.client()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345')
    assert.equal(await client.rest(), '')
  })

  it('that waits long for its answer after a whole body keeps the connection', async () => {
    await using web = await record({ limits: { readTimeoutMs: 50 } }, async (exchange) => {
      const paused = once(exchange.request.socket, 'timeout')
      exchange.request.resume()
      await paused
      respond(exchange, 200, 'late')
    })
    using client = web.client()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345')
    assert.equal((await client.answer()).body, 'late')
  })

  it('that keeps a connection idle too long loses it', async () => {
    await using web = await record({ limits: { idleTimeoutMs: 20 } })
    using client = web.client()
    await client.send(get).answer()
    assert.equal(await client.rest(), '')
  })
})
