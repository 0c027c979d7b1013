import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { openEntrypoint } from '../../../src/entrypoint/entrypoint.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { byDefault } from '../../support/entrypoint-options.ts'
import { answerPath, field, names, RawClient, record } from './raw-client.ts'

describe('an entrypoint', () => {
  it('makes an exchange of a request', async () => {
    await using web = await record()
    const head = 'GET /a/%7e/../b?x=%2f&y HTTP/1.1\r\nHost: A.Local:8080\r\nX-Two: 1\r\nx-two: 2\r\n\r\n'
    assert.equal((await web.ask(head)).body, '/a/b')
    const [exchange] = web.exchanges
    assert.deepEqual(exchange?.head, {
      method: 'GET',
      host: 'a.local',
      path: '/a/b',
      query: 'x=%2f&y',
      fields: ['Host', 'A.Local:8080', 'X-Two', '1', 'x-two', '2'],
      clientIp: '127.0.0.1',
      secure: false,
    })
    assert.equal(exchange.kind, 'http')
    assert.equal(exchange.hostField, 'A.Local:8080')
    assert.equal(exchange.path, '/a/b')
    assert.deepEqual(exchange.fields.slice(0, 4), ['X-Two', '1', 'x-two', '2'])
    assert.equal(field(exchange, 'X-Forwarded-For'), '127.0.0.1')
    assert.equal(field(exchange, 'X-Forwarded-Port'), '8080')
    assert.deepEqual(exchange.framing, { kind: 'none' })
    assert.deepEqual(exchange.record, {
      router: undefined,
      service: undefined,
      member: undefined,
      attempts: 0,
      perhapsDone: 0,
      failure: undefined,
      route: undefined,
      session: undefined,
      routeChanged: false,
      heldUntil: undefined,
      status: undefined,
      server: undefined,
      serviceAt: undefined,
      quiet: false,
      unmeasured: false,
    })
  })

  const framings = [
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', { kind: 'none' }],
    ['POST / HTTP/1.1\r\nHost: a\r\n\r\n', { kind: 'none' }],
    ['DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', { kind: 'length', bytes: 0 }],
    ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', { kind: 'length', bytes: 3 }],
    ['DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n', { kind: 'chunked' }],
    ['POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc', { kind: 'length', bytes: 3 }],
  ] as const
  for (const [request, framing] of framings) {
    it(`frames ${JSON.stringify(request)} as ${framing.kind}`, async () => {
      await using web = await record()
      assert.equal((await web.ask(request)).status, 200)
      assert.deepEqual(web.exchanges[0]?.framing, framing)
    })
  }

  it('serves HTTP/1.0 without a Host', async () => {
    await using web = await record()
    assert.equal((await web.ask('GET / HTTP/1.0\r\n\r\n')).status, 200)
    assert.equal(web.exchanges[0]?.head.host, '')
    assert.equal(web.exchanges[0]?.hostField, undefined)
    assert.equal(field(web.exchanges[0], 'X-Forwarded-Host'), undefined)
  })

  it('routes an absolute target by its own authority, not by the Host field', async () => {
    await using web = await record()
    await web.ask('GET http://B.local:81/x?y HTTP/1.1\r\nHost: a.local\r\n\r\n')
    await web.ask('GET HTTPS://c.local?y HTTP/1.1\r\nHost: a.local\r\n\r\n')
    const [first, second] = web.exchanges
    assert.equal(first?.head.host, 'b.local')
    assert.equal(first.hostField, 'B.local:81')
    assert.equal(field(first, 'X-Forwarded-Host'), 'B.local:81')
    assert.equal(first.path, '/x')
    assert.equal(second?.head.host, 'c.local')
    assert.equal(second.path, '/')
    assert.equal(second.head.query, 'y')
  })

  it('answers OPTIONS * itself, since no route is meant', async () => {
    await using web = await record()
    assert.equal((await web.ask('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')).status, 200)
    assert.equal(web.exchanges.length, 0)
  })

  it('believes X-Forwarded-For of a trusted peer only', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\r\n'
    await using strict = await record()
    await strict.ask(request)
    assert.equal(field(strict.exchanges[0], 'X-Forwarded-For'), '127.0.0.1')
    assert.equal(field(strict.exchanges[0], 'X-Forwarded-Proto'), 'http')
    await using trusting = await record({ forwardedHeaders: { trustedIPs: ['127.0.0.0/8'] } })
    await trusting.ask(request)
    assert.equal(field(trusting.exchanges[0], 'X-Forwarded-For'), '6.6.6.6, 127.0.0.1')
    assert.equal(field(trusting.exchanges[0], 'X-Forwarded-Proto'), 'https')
  })

  it('knows an IPv4 client of a dual-stack listener by its IPv4 address', async () => {
    await using web = await record({ host: undefined, forwardedHeaders: { trustedIPs: ['127.0.0.1'] } })
    await web.ask('GET / HTTP/1.1\r\nHost: a\r\nX-Real-Ip: 6.6.6.6\r\n\r\n')
    assert.equal(web.exchanges[0]?.head.clientIp, '127.0.0.1')
    assert.equal(field(web.exchanges[0], 'X-Real-Ip'), '6.6.6.6')
  })

  it('reads the handler once per request, so that a new one serves the next request only', async () => {
    let current = 'old'
    let reads = 0
    await using web = await record({
      handler: () => {
        reads += 1
        const mine = current
        return async (exchange) => {
          current = 'new'
          respond(exchange, 200, mine)
        }
      },
    })
    using client = web.client()
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert.equal((await client.send(request).answer()).body, 'old')
    assert.equal((await client.send(request).answer()).body, 'new')
    assert.equal(reads, 2)
  })

  it('answers 100 Continue and serves the request as any other', async () => {
    await using web = await record({}, async (exchange) => respond(exchange, 200, await text(exchange.request)))
    using client = web.client()
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n')
    assert.equal((await client.answer()).status, 100)
    assert.equal((await client.send('abc').answer()).body, 'abc')
    assert.equal(field(web.exchanges[0], 'Expect'), undefined)
  })

  it('refuses a request it must refuse before it asks for the body', async () => {
    await using web = await record()
    using client = web.client()
    client.send('POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n')
    assert.equal((await client.answer()).status, 400)
  })

  it('answers a client that half-closes after its request', async () => {
    await using web = await record({}, async (exchange) => {
      if (!exchange.request.socket.readableEnded) await once(exchange.request.socket, 'end')
      respond(exchange, 200, 'still here')
    })
    using client = web.client()
    client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal((await client.answer()).body, 'still here')
    assert.equal(await client.rest(), '')
  })

  it('takes a half-closed client that gets no byte for gone', async () => {
    await using web = await record({ limits: { halfCloseMs: 20 } }, async (exchange) => {
      assert(exchange.kind === 'http')
      await once(exchange.response, 'close')
      throw new UpstreamError('client-gone', 'the client is gone', { sent: true })
    })
    using client = web.client()
    client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal(await client.rest(), '')
  })

  it('names itself, the address and the way out when the address is in use', async () => {
    await using web = await record()
    const { port } = web.entrypoint
    await assert.rejects(record({ port }), {
      code: 'EADDRINUSE',
      message: new RegExp(
        `entrypoint "web": listening on 127.0.0.1:${port}: .*stop what listens.*--entrypoints.web.address`,
      ),
    })
  })

  it('refuses to open with a trusted IP that is none', async () => {
    await assert.rejects(record({ forwardedHeaders: { trustedIPs: ['10.0.0.0/99'] } }), {
      code: 'ERR_TRUSTED_IP',
    })
  })

  it('shares its port with another one when told to', async () => {
    await using first = await record({ reusePort: true })
    await using second = await record({ reusePort: true, port: first.entrypoint.port })
    assert.equal(second.entrypoint.port, first.entrypoint.port)
  })
})

describe('last-resort answers', () => {
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
  const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'

  for (const [code, status, body] of [
    ['refused', 502, 'Bad Gateway'],
    ['response-timeout', 504, 'Gateway Timeout'],
  ] as const) {
    it(`turn an upstream that is ${code} into ${status} and keep the connection`, async () => {
      await using web = await record({}, () => Promise.reject(new UpstreamError(code, 'x', { sent: false })))
      using client = web.client()
      for (const _ of [1, 2]) {
        const answer = await client.send(get).answer()
        assert.equal(answer.status, status)
        assert.equal(answer.body, body)
      }
      assert.deepEqual(web.errors, [])
    })
  }

  it('turn any other throw into 500 and report it, for requests and upgrades, thrown at once or later', async () => {
    const bug = new Error('a bug')
    for (const handler of [
      () => {
        throw bug
      },
      () => () => {
        throw bug
      },
      () => () => Promise.reject(bug),
    ]) {
      await using web = await record({ handler })
      assert.equal((await web.ask(get)).status, 500)
      assert.equal((await web.ask(upgrade)).status, 500)
      assert.deepEqual(web.errors, [bug, bug])
    }
  })

  it('turn a handler that settles without an answer into 500, as the bug it is', async () => {
    await using web = await record({}, () => Promise.resolve())
    assert.equal((await web.ask(get)).status, 500)
    assert.match(String(web.errors[0]), /settled without an answer/)
  })

  it('cut an answer that was begun, so that it cannot look complete', async () => {
    await using web = await record({}, async (exchange) => {
      assert(exchange.kind === 'http')
      exchange.response.writeHead(200, ['Content-Length', '10'])
      await new Promise<void>((resolve) => {
        assert(exchange.kind === 'http')
        exchange.response.write('half', () => resolve())
      })
      throw new Error('a bug')
    })
    using client = web.client()
    const rest = await client.send(get).rest()
    assert.match(rest, /half$/)
    assert.equal(web.errors.length, 1)
  })

  it('leave a complete answer alone when its handler fails afterwards', async () => {
    await using web = await record({}, async (exchange) => {
      respond(exchange, 200, 'done')
      throw new Error('a bug')
    })
    using client = web.client()
    assert.equal((await client.send(get).answer()).body, 'done')
    assert.equal((await client.send(get).answer()).body, 'done')
    assert.equal(web.errors.length, 2)
  })

  it('outlive a handler that writes after the end', async () => {
    await using web = await record({}, async (exchange) => {
      respond(exchange, 200, 'done')
      assert(exchange.kind === 'http')
      exchange.response.write('more')
    })
    assert.equal((await web.ask(get)).body, 'done')
    assert.equal((await web.ask(get)).body, 'done')
  })

  it('end the socket of an upgrade that was answered instead, though its client sends no FIN', async () => {
    await using web = await record({}, async (exchange) => respond(exchange, 404))
    using client = web.client()
    assert.equal((await client.send(upgrade).answer()).status, 404)
    await client.closed
    await web.entrypoint.close(60_000)
  })
})

describe('upgrades', () => {
  const handshake = 'Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: k\r\n\r\n'

  it('hand the socket and what came after the head to the handler', async () => {
    await using web = await record({}, async (exchange) => {
      assert(exchange.kind === 'upgrade')
      exchange.socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${exchange.upgradeHead.toString()}`)
    })
    using client = web.client()
    client.send(`GET /chat HTTP/1.1\r\nHost: a\r\n${handshake}frame`)
    assert.match(await client.rest(), /^HTTP\/1.1 101 .*\r\n\r\nframe$/)
    const [exchange] = web.exchanges
    assert.equal(field(exchange, 'X-Forwarded-Proto'), 'ws')
    assert.equal(field(exchange, 'Sec-WebSocket-Key'), 'k')
    assert.deepEqual(
      names(exchange).filter((name) => name === 'upgrade' || name === 'connection'),
      [],
    )
  })

  const declined = [
    [
      'an h2c token',
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n`,
    ],
    ['several tokens', `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n`],
    ['another method', `POST / HTTP/1.1\r\nHost: a\r\n${handshake}`],
    ['HTTP/1.0', `GET / HTTP/1.0\r\nHost: a\r\n${handshake}`],
    ['a body', `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n${handshake}abc`],
    ['no Connection option', `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n`],
  ] as const
  for (const [what, request] of declined) {
    it(`with ${what} are ordinary requests without Upgrade, and the last ones on their connection`, async () => {
      await using web = await record()
      using client = web.client()
      const answer = await client.send(`${request}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`).answer()
      assert.equal(answer.status, 200)
      assert.equal(answer.fields.get('connection'), 'close')
      assert.equal(await client.rest(), '')
      assert.equal(web.exchanges.length, 1)
      assert.equal(web.exchanges[0]?.kind, 'http')
      const kept = new Set(names(web.exchanges[0]))
      for (const name of ['upgrade', 'connection', 'http2-settings']) assert.equal(kept.has(name), false, name)
    })
  }

  it('pipelined behind a request still under way never get the socket', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, async (exchange) => {
      if (exchange.path === '/slow') await release.promise
      await answerPath(exchange)
    })
    using client = web.client()
    client.send(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /chat HTTP/1.1\r\nHost: a\r\n${handshake}`)
    await web.nextExchange()
    release.resolve()
    assert.equal((await client.answer()).body, '/slow')
    assert.equal((await client.answer()).body, '/chat')
    assert.deepEqual(
      web.exchanges.map(({ kind }) => kind),
      ['http', 'http'],
    )
  })

  it('with a head an edge must refuse get 400 and the end of the connection', async () => {
    await using web = await record()
    using client = web.client()
    assert.match(await client.send(`GET / HTTP/1.1\r\nHost: a/b\r\n${handshake}`).rest(), /^HTTP\/1.1 400 /)
    assert.equal(web.exchanges.length, 0)
  })
})

describe('a graceful stop', () => {
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

  it('closes idle and silent connections at once and accepts no more', async () => {
    await using web = await record()
    using idle = web.client()
    await idle.send(get).answer()
    using silent = web.client()
    await once(silent.socket, 'connect')
    // The second client is known to be accepted once a third, later one was served.
    await web.ask(get)
    const { port } = web.entrypoint
    await web.entrypoint.close(60_000)
    await Promise.all([idle.closed, silent.closed])
    using late = new RawClient(port)
    await late.closed
    assert.equal(await late.rest(), '')
  })

  it('lets requests under way finish, each with Connection: close', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, async (exchange) => {
      await release.promise
      await answerPath(exchange)
    })
    using client = web.client()
    const arrived = web.nextExchange()
    client.send(get)
    await arrived
    const closed = web.entrypoint.close(60_000)
    release.resolve()
    const answer = await client.answer()
    assert.equal(answer.status, 200)
    assert.equal(answer.fields.get('connection'), 'close')
    assert.equal(await client.rest(), '')
    await closed
  })

  it('ends a connection after an answer whose head promised to keep it, serving one more request if it is there', async () => {
    const release = Promise.withResolvers<void>()
    await using web = await record({}, async (exchange) => {
      assert(exchange.kind === 'http')
      exchange.response.writeHead(200, ['Content-Length', '2'])
      exchange.response.write('a')
      await release.promise
      exchange.response.end('b')
    })
    using client = web.client()
    client.send(get)
    const arrived = web.nextExchange()
    await arrived
    const closed = web.entrypoint.close(60_000)
    const second = web.nextExchange()
    client.send(get)
    release.resolve()
    assert.equal((await client.answer()).fields.get('connection'), 'keep-alive')
    await second
    const last = await client.answer()
    assert.equal(last.body, 'ab')
    assert.equal(last.fields.get('connection'), 'close')
    assert.equal(await client.rest(), '')
    await closed
  })

  it('writes out an answer that is ended but not yet read', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024)
    await using web = await record({}, async (exchange) => respond(exchange, 200, body))
    using client = web.client()
    client.socket.pause()
    const arrived = web.nextExchange()
    client.send(get)
    await arrived
    const closed = web.entrypoint.close(60_000)
    client.socket.removeAllListeners('data').resume()
    await client.closed
    assert(client.socket.bytesRead > body.length)
    await closed
  })

  it('destroys what is left when the grace is over, tunnels too', async () => {
    await using web = await record({}, async (exchange) => {
      if (exchange.kind === 'upgrade') exchange.socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
      await new Promise((resolve) => exchange.request.socket.once('close', resolve))
    })
    using request = web.client()
    using tunnel = web.client()
    let arrived = web.nextExchange()
    request.send(get)
    await arrived
    arrived = web.nextExchange()
    tunnel.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
    await arrived
    const patient = web.entrypoint.close(60_000)
    await web.entrypoint.close(0)
    await patient
    await Promise.all([request.closed, tunnel.closed])
    assert.deepEqual(web.errors, [])
  })

  it('frees the port', async () => {
    const entrypoint = await openEntrypoint({
      name: 'web',
      host: '127.0.0.1',
      port: 0,
      handler: () => answerPath,
      ...byDefault,
      onError: (error) => assert.fail(String(error)),
    })
    const { port } = entrypoint
    await entrypoint.close(0)
    await using server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    assert.equal((server.address() as AddressInfo).port, port)
  })
})
