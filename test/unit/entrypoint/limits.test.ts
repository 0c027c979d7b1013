// Limits of an entrypoint over real sockets, each turned down so far that it strikes at once.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { Notice } from '../../../src/entrypoint/notice.ts'
import type { Exchange } from '../../../src/exchange/exchange.ts'
import { respond } from '../../../src/exchange/respond.ts'
import { eventually } from '../../support/eventually.ts'
import { answerPath, record } from './raw-client.ts'
import type { RawClient } from './raw-client.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n'

async function untilClosed(exchange: Exchange): Promise<void> {
  if (exchange.kind === 'http') await once(exchange.response, 'close')
}

describe('a connection', () => {
  it('takes so many requests, the last of which is told that it is', async () => {
    await using web = await record({ limits: { keepAliveMaxRequests: 3 } })
    using client = web.client()
    const kept: unknown[] = []
    for (let i = 0; i < 3; i++) kept.push((await client.send(get).answer()).fields.get('connection'))
    assert.deepEqual(kept, ['keep-alive', 'keep-alive', 'close'])
    assert.equal(await client.rest(), '')
  })

  it('takes no pipelined request past its number', async () => {
    await using web = await record({ limits: { keepAliveMaxRequests: 2 } })
    using client = web.client()
    client.send(get.repeat(5))
    await client.rest()
    assert.equal(web.exchanges.length, 2)
  })

  it('that is old enough is closed by its next answer', async () => {
    await using web = await record({ limits: { keepAliveMaxTimeMs: 40 } })
    using client = web.client()
    await eventually(async () => {
      assert.equal((await client.send(get).answer()).fields.get('connection'), 'close')
    }, 5000)
    assert.equal(await client.rest(), '')
  })
})

describe('a slow sender', () => {
  it('is answered 408 when its body comes below the rate, though it never pauses', async () => {
    await using web = await record({ limits: { minBodyRate: 100_000, bodyGraceMs: 40 } }, untilClosed)
    using client = web.client()
    client.send(post)
    using timers = new DisposableStack()
    timers.adopt(
      setInterval(() => client.send('x'), 5),
      clearInterval,
    )
    assert.match(await client.rest(), /^HTTP\/1.1 408 .*body took too long\n$/s)
  })

  it('that stops is answered 408', async () => {
    await using web = await record({ limits: { readTimeoutMs: 40 } }, untilClosed)
    using client = web.client()
    assert.match(await client.send(`${post}begun`).rest(), /^HTTP\/1.1 408 /)
  })

  it('that stops when its answer has begun is cut: a second answer would be read as part of the first', async () => {
    await using web = await record({ limits: { readTimeoutMs: 40 } }, async (exchange) => {
      assert(exchange.kind === 'http')
      exchange.response.writeHead(200, ['Content-Length', '1000'])
      exchange.response.flushHeaders()
      await untilClosed(exchange)
    })
    using client = web.client()
    assert.match(await client.send(`${post}begun`).rest(), /^HTTP\/1.1 200 (?!.*HTTP)/s)
  })

  it('that was answered already is cut', async () => {
    await using web = await record({ limits: { readTimeoutMs: 40 } })
    using client = web.client()
    assert.equal((await client.send(post).answer()).status, 200)
    assert.equal(await client.rest(), '')
  })

  it('is forgotten when its body is complete', async () => {
    const limits = { minBodyRate: 100_000, bodyGraceMs: 40, readTimeoutMs: 40 }
    const release = Promise.withResolvers<void>()
    await using web = await record({ limits }, async (exchange) => {
      if (exchange.path === '/second') await release.promise
      exchange.request.resume()
      respond(exchange, 200, exchange.path)
    })
    using patient = web.client()
    using slow = web.client()
    patient.send('POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
    slow.send(post)
    // The slow one was begun later and is already found out: the other one was looked at as often.
    await slow.rest()
    release.resolve()
    assert.equal((await patient.answer()).body, '/second')
  })

  it('is not to blame while nobody reads its body', async () => {
    const limits = { minBodyRate: 2 ** 30, bodyGraceMs: 100, readTimeoutMs: 100 }
    const body = 'x'.repeat(8 * 1024 * 1024)
    const slowIsGone = Promise.withResolvers<void>()
    await using web = await record({ limits }, async (exchange) => {
      if (exchange.path === '/slow') return untilClosed(exchange)
      await slowIsGone.promise
      let bytes = 0
      for await (const piece of exchange.request) bytes += (piece as Buffer).length
      respond(exchange, 200, String(bytes))
    })
    using held = web.client()
    using slow = web.client()
    held.send(`POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    slow.send(post.replace('/', '/slow'))
    await slow.rest()
    slowIsGone.resolve()
    assert.equal((await held.answer()).body, String(body.length))
  })
})

describe('a slow reader', () => {
  /** Answers for ever, as fast as the client takes it. */
  const endless = async (exchange: Exchange): Promise<void> => {
    assert(exchange.kind === 'http')
    const { response } = exchange
    const piece = Buffer.alloc(65_536)
    while (!response.destroyed) {
      if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
  }

  it('that takes nothing is cut', async () => {
    await using web = await record({ limits: { sendTimeoutMs: 100 } }, endless)
    using client = web.client()
    client.socket.pause()
    const exchange = web.nextExchange()
    client.send(get)
    await once((await exchange).request.socket, 'close')
  })

  it('that takes nothing of an answer that is already over is cut as well', async () => {
    const body = 'x'.repeat(32 * 1024 * 1024)
    await using web = await record({ limits: { sendTimeoutMs: 100 } }, async (exchange) => respond(exchange, 200, body))
    using client = web.client()
    client.socket.pause()
    const exchange = web.nextExchange()
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once((await exchange).request.socket, 'close')
  })

  it('is cut by the write timeout however much it takes', async () => {
    await using web = await record({ limits: { writeTimeoutMs: 100 } }, endless)
    using client = web.client()
    client.socket.removeAllListeners('data').resume()
    await client.send(get).closed
  })
})

describe('connections', () => {
  const notices = (): { told: Notice[]; onNotice: (notice: Notice) => void; first: () => Promise<Notice> } => {
    const told: Notice[] = []
    return {
      told,
      onNotice: (notice) => told.push(notice),
      first: () =>
        eventually(() => {
          const [notice] = told
          assert(notice)
          return notice
        }, 5000),
    }
  }

  async function served(client: RawClient): Promise<void> {
    assert.equal((await client.send(get).answer()).status, 200)
  }

  it('beyond their number are closed, and the log is told once for many', async () => {
    const { onNotice, first } = notices()
    await using web = await record({ limits: { maxConnections: 2, sendTimeoutMs: 40 }, onNotice })
    using one = web.client()
    using two = web.client()
    await served(one)
    await served(two)
    for (const three of [web.client(), web.client()]) {
      await three.closed
      assert.equal(await three.rest(), '')
    }
    await served(one)
    one.socket.end()
    await one.closed
    using next = web.client()
    await served(next)
    const { message, fields } = await first()
    assert.match(message, /^too many connections/)
    assert.equal(fields['maxConnections'], 2)
  })

  it('of one address are limited, and free again when they close', async () => {
    const { onNotice, first } = notices()
    await using web = await record({ limits: { maxConnectionsPerIp: 2, sendTimeoutMs: 40 }, onNotice })
    using one = web.client()
    using two = web.client()
    await served(one)
    await served(two)
    using three = web.client()
    assert.equal(await three.rest(), '')
    assert.deepEqual((await first()).fields, { clientIp: '127.0.0.1', count: 1 })
    one.socket.resetAndDestroy()
    await eventually(async () => {
      using four = web.client()
      await served(four)
    }, 5000)
    await served(two)
  })

  it('of a trusted address are not: it speaks for many clients', async () => {
    await using web = await record({
      limits: { maxConnectionsPerIp: 1 },
      forwardedHeaders: { trustedIPs: ['127.0.0.1'] },
    })
    using one = web.client()
    using two = web.client()
    await served(one)
    await served(two)
  })
})

describe('short memory', () => {
  it('turns new requests and tunnels away until there is some again', async () => {
    const memory = { limitBytes: 1000, used: 100, usedBytes: () => memory.used }
    const changes: string[] = []
    await using web = await record({ memory, onNotice: ({ message }) => changes.push(message) })
    using early = web.client()
    assert.equal((await early.send(get).answer()).status, 200)

    memory.used = 950
    await eventually(() => assert.equal(changes.length, 1), 5000)
    const refused = await early.send(get).answer()
    assert.equal(refused.status, 503)
    assert.equal(refused.fields.get('retry-after'), '1')
    assert.equal(refused.fields.get('connection'), 'close')
    assert.equal(await early.rest(), '')
    const tunnel = await web.ask('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
    assert.equal(tunnel.status, 503)
    assert.equal(tunnel.fields.get('retry-after'), '1')
    assert.equal(web.exchanges.length, 1)

    memory.used = 500
    await eventually(() => assert.equal(changes.length, 2), 5000)
    assert.equal((await web.ask(get)).status, 200)
    assert.deepEqual(changes, ['memory runs short: new requests are answered 503', 'memory suffices again'])
  })

  it('lets requests under way finish', async () => {
    const memory = { limitBytes: 1000, used: 100, usedBytes: () => memory.used }
    const short = Promise.withResolvers<void>()
    await using web = await record({ memory, onNotice: () => short.resolve() }, async (exchange) => {
      await short.promise
      await answerPath(exchange)
    })
    using client = web.client()
    const arrived = web.nextExchange()
    client.send(get)
    await arrived
    memory.used = 1000
    assert.equal((await client.answer()).status, 200)
  })
})

describe('a drain', () => {
  it('goes on accepting for the accept grace', async () => {
    await using web = await record({ limits: { acceptGraceMs: 2 ** 30 } })
    const drained = web.entrypoint.drain()
    using client = web.client()
    assert.equal((await client.send(get).answer()).fields.get('connection'), 'keep-alive')
    await web.entrypoint.close(60_000)
    await drained
    using late = web.client()
    assert.equal(await late.rest(), '')
  })

  it('in two halves serves those inside between them', async () => {
    await using web = await record()
    using client = web.client()
    await client.send(get).answer()
    await web.entrypoint.stopAccepting()
    using late = web.client()
    assert.equal(await late.rest(), '')
    assert.equal((await client.send(get).answer()).fields.get('connection'), 'keep-alive')
    await web.entrypoint.drain()
    assert.equal(await client.rest(), '')
  })

  it('closes when the accept grace is over', async () => {
    await using web = await record({ limits: { acceptGraceMs: 20 } })
    await web.entrypoint.drain()
    using late = web.client()
    assert.equal(await late.rest(), '')
  })

  it('cuts after the grace time', async () => {
    await using web = await record({ limits: { graceTimeOutMs: 20 } }, untilClosed)
    using client = web.client()
    const arrived = web.nextExchange()
    client.send(get)
    await arrived
    await web.entrypoint.drain()
    assert.equal(await client.rest(), '')
  })
})
