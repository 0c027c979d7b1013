// Part 3.2 of the list, the client's side: how it leaves, waits, half-closes and is told that Muster stops.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { configFile } from '../support/file-config.ts'
import { connectRaw } from '../support/raw-peer.ts'
import { always, ok, startRecordingMember } from './recording-member.ts'
import { farewell, fieldOf, openStage, readAnswers, request, smuggled, statuses } from './stage.ts'
import { openTunnel, switching, upgrade } from './tunnel.ts'

const stage = await openStage()
const { member } = stage
const get = request('GET /')

for (const how of ['destroy', 'resetAndDestroy'] as const) {
  test(`P1: a client that leaves before its answer (${how}) takes the member's connection along`, async () => {
    member.answering = () => undefined
    const client = await stage.client(get)
    await member.request(0)
    client.socket[how]()
    assert.equal(await (await member.peer(0)).over, 'ended')
  })

  test(`P1: a client that leaves in the middle of its answer (${how}) takes the member's connection along`, async () => {
    member.answering = always('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    const client = await stage.client(get)
    await client.until('half')
    client.socket[how]()
    await (
      await member.peer(0)
    ).over
  })

  test(`P1: a client that leaves in the middle of its upload (${how}) takes the member's connection along`, async () => {
    const client = await stage.client(request('PUT /', ['Content-Length: 10'], 'half'))
    const upstream = await member.peer(0)
    await upstream.until('half')
    client.socket[how]()
    await upstream.over
    assert.deepEqual(member.requests, [])
  })
}

test('P2: a client that does not read holds the member back, and the rest of Muster goes on', async () => {
  let written = 0
  const piece = Buffer.alloc(256 * 1024, 'x')
  const total = 96 * 1024 * 1024
  member.answering = ({ request: { target }, peer }) => {
    if (target !== '/flood') return ok('quick')
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
    const pour = (): void => {
      while (written < total) {
        written += piece.length
        if (!peer.socket.write(piece)) return void peer.socket.once('drain', pour)
      }
    }
    pour()
    return undefined
  }
  const client = await stage.client()
  client.socket.pause()
  client.send(request('GET /flood'))
  await member.request(0)
  await servedUntilStill(() => written)
  assert.ok(written < total / 2, `${written} bytes went nowhere`)
})

test('P2: a member that does not read holds the client back, and the rest of Muster goes on', async () => {
  const total = 96 * 1024 * 1024
  const client = await stage.client(request('PUT /flood', [`Content-Length: ${total}`]))
  const upstream = await member.peer(0)
  await upstream.until('\r\n\r\n')
  upstream.socket.pause()
  const piece = Buffer.alloc(256 * 1024, 'x')
  let written = 0
  const pour = (): void => {
    while (written < total) {
      written += piece.length
      if (!client.socket.write(piece)) return void client.socket.once('drain', pour)
    }
  }
  pour()
  await servedUntilStill(() => written)
  assert.ok(written < total / 2, `${written} bytes went nowhere`)
})

/** Serves other requests until `measure` stands still over many of them. */
async function servedUntilStill(measure: () => number): Promise<void> {
  for (let before = -1, still = 0; still < 20;) {
    const now = measure()
    still = now === before ? still + 1 : 0
    before = now
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
  }
}

const stages: Readonly<Record<string, string>> = {
  'in the request line': 'GET /a',
  'in a field': 'GET / HTTP/1.1\r\nHost: a\r\nX: ',
  'in a body': request('POST /', ['Content-Length: 10'], 'abc'),
  'in a chunk': request('POST /', ['Transfer-Encoding: chunked'], '5\r\nab'),
  'before its 100 Continue is used': request('POST /', ['Expect: 100-continue', 'Content-Length: 3']),
  'while its answer is due': get,
  'with an upgrade due': request('GET /', ['Connection: upgrade', 'Upgrade: websocket']),
  'behind pipelined requests': get.repeat(20),
  'behind a malformed request': `${get}\x00`,
  'behind a CONNECT': 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
}

for (const [when, bytes] of Object.entries(stages)) {
  test(`P4: a client that resets ${when} leaves Muster serving`, async () => {
    for (let i = 0; i < 5; i++) {
      const client = await stage.client()
      await new Promise<void>((resolve) => {
        client.socket.write(bytes, 'latin1', () => resolve())
      })
      client.socket.resetAndDestroy()
    }
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
  })
}

test('P4: a client that resets in the middle of a large answer leaves Muster serving', async () => {
  member.answering = ({ request: { target } }) => ok(target === '/' ? 'x'.repeat(1_000_000) : 'alive')
  const client = await stage.client(get)
  await once(client.socket, 'data')
  client.socket.resetAndDestroy()
  assert.equal((await stage.say(farewell)).answers[0]?.body, 'alive')
})

test('P8: a client that expects 100 Continue is told once, and the member is not asked', async () => {
  member.answering = ({ request: { body } }) => `HTTP/1.1 100 Continue\r\n\r\n${ok(body)}`
  const fields = ['Expect: 100-continue', 'Content-Length: 3', 'Connection: close']
  const client = await stage.client(request('POST /', fields))
  assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n')
  client.send('abc')
  assert.deepEqual(
    readAnswers(await client.all()).map(({ status, body }) => [status, body]),
    [
      [100, ''],
      [200, 'abc'],
    ],
  )
  assert.equal(fieldOf(await member.request(0), 'Expect'), undefined)
})

test('P8: a client that does not wait for its 100 Continue is served all the same', async () => {
  const fields = ['Expect: 100-Continue', 'Content-Length: 3', 'Connection: close']
  assert.deepEqual(statuses(await stage.say(request('POST /', fields, 'abc'))), [100, 200])
  assert.equal((await member.request(0)).body, 'abc')
})

test('P8: a 417 of the member, late as it is, is an answer like any other', async () => {
  member.answering = always('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n')
  const fields = ['Expect: 100-continue', 'Content-Length: 3', 'Connection: close']
  assert.deepEqual(statuses(await stage.say(request('POST /', fields, 'abc'))), [100, 417])
})

for (const expectation of ['200-ok', '100-continue, x', '100-continue\r\nExpect: 100-continue', '']) {
  test(`P8: Expect: ${JSON.stringify(expectation)} is refused with 417`, async () => {
    const fields = [`Expect: ${expectation}`, 'Content-Length: 3']
    assert.deepEqual(statuses(await stage.say(request('POST /', fields, 'abc') + smuggled)), [417])
    assert.deepEqual(member.requests, [])
  })
}

test('P8: HTTP/1.0 has no expectations', async () => {
  const fields = ['Expect: 100-continue', 'Content-Length: 3']
  assert.deepEqual(statuses(await stage.say(request('POST / HTTP/1.0', fields, 'abc'))), [200])
  assert.equal(fieldOf(await member.request(0), 'Expect'), undefined)
})

test('P13: a client that half-closes after its request still gets the answer', async () => {
  const { answers, over } = await stage.say(get, { fin: true })
  assert.deepEqual([answers[0]?.status, over], [200, 'ended'])
})

test('P13: a client that half-closes after several requests gets all answers', async () => {
  assert.deepEqual(statuses(await stage.say(get + get + get, { fin: true })), [200, 200, 200])
})

test('P13: a client that half-closes inside a request gets none, and the member nothing whole', async () => {
  for (const bytes of [get.slice(0, -2), request('POST /', ['Content-Length: 10'], 'half')]) {
    const { text } = await stage.say(bytes, { fin: true })
    assert.match(text, /^(?:$|HTTP\/1\.1 400 )/)
  }
  assert.deepEqual(member.requests, [])
})

for (const first of ['client', 'upstream'] as const) {
  test(`P13: in a tunnel the end of one side, here ${first}, passes on while the other still speaks`, async () => {
    const sides = await openTunnel(stage)
    const second = sides[first === 'client' ? 'upstream' : 'client']
    sides[first].socket.end('last words')
    assert.equal(await second.over, 'ended')
    assert.match(second.received, /\r\n\r\nlast words$/)
    second.socket.end('answer')
    assert.match(await sides[first].all(), /answer$/)
  })
}

async function openAlone() {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await startRecordingMember(() => undefined))
  const config = stack.use(
    await configFile(`
http:
  routers: { all: { rule: PathPrefix(\`/\`), service: s } }
  services: { s: { loadBalancer: { servers: [{ url: '${upstream.url}' }] } } }
`),
  )
  const grace = '--entrypoints.http.transport.lifecycle.gracetimeout=500ms'
  const muster = stack.use(await startMuster(`--providers.file.filename=${config.path}`, grace))
  await muster.logged(({ message }) => message === 'configuration updated')
  const all = stack.move()
  return { muster, upstream, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

test('P14: a stop lets the answer under way end, says Connection: close in it, and closes what is idle', async () => {
  await using alone = await openAlone()
  await using idle = await connectRaw(alone.muster.port)
  await using busy = await connectRaw(alone.muster.port, get)
  await alone.upstream.request(0)
  const stopped = alone.muster[Symbol.asyncDispose]()
  assert.equal(await idle.all(), '')
  ;(await alone.upstream.peer(0)).send(ok('late'))
  const [answer] = readAnswers(await busy.all())
  assert.deepEqual(
    [answer?.status, answer?.body, fieldOf(answer ?? assert.fail(), 'Connection')],
    [200, 'late', 'close'],
  )
  await stopped
  await assert.rejects(connectRaw(alone.muster.port), { code: 'ECONNREFUSED' })
})

test('P14: a request on a connection that was promised to be kept is served during a stop, and is its last', async () => {
  await using alone = await openAlone()
  alone.upstream.answering = always(ok('ok'))
  await using kept = await connectRaw(alone.muster.port, get)
  await kept.until('\r\n\r\nok')
  kept.received = ''
  const stopped = alone.muster[Symbol.asyncDispose]()
  kept.send(get + smuggled)
  assert.deepEqual(
    readAnswers(await kept.all()).map((answer) => [answer.body, fieldOf(answer, 'Connection')]),
    [['ok', 'close']],
  )
  await stopped
})

test('P14: what has not ended when the grace is over is cut, tunnels too', async () => {
  await using alone = await openAlone()
  alone.upstream.answering = ({ request: { target } }) => (target === '/chat' ? switching : undefined)
  await using stuck = await connectRaw(alone.muster.port, get)
  await using tunnel = await connectRaw(alone.muster.port, upgrade)
  await tunnel.until('\r\n\r\n')
  await alone.upstream.request(1)
  await alone.muster[Symbol.asyncDispose]()
  assert.equal(await stuck.all(), '')
  assert.equal(await tunnel.all(), switching)
})

test('P15: HTTP/2 is not spoken: neither by its preface nor by an upgrade to h2c', async () => {
  const preface = await stage.say('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00')
  assert.deepEqual(statuses(preface), [400])
  const upgrade = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA']
  const { answers } = await stage.say(request('GET /', upgrade))
  assert.deepEqual([answers[0]?.status, answers.length], [200, 1])
  assert.doesNotMatch(JSON.stringify(member.requests), /h2c|http2-settings/i)
})

test('P15: TLS on a plain socket is refused', async () => {
  assert.deepEqual(statuses(await stage.say('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')), [400])
})
