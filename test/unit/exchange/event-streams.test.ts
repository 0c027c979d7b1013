// Server-sent events as questions asked again: what is written, when nothing is asked, and how a stream ends.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { EventStreams } from '../../../src/exchange/event-streams.ts'
import { internalHandler } from '../../../src/exchange/internal.ts'
import type { AskInternal, InternalAnswer, InternalRequest } from '../../../src/exchange/internal.ts'
import { ask, openEdge } from '../../support/edge.ts'
import { openEvents } from '../../support/event-source.ts'
import { eventually } from '../../support/eventually.ts'

const type = ['Content-Type', 'text/event-stream']

test('asks again with the query it was given, and writes what is new', async () => {
  const asked: (string | undefined)[] = []
  await using edge = await openStreams((_, { query }) => {
    asked.push(query)
    const count = asked.length
    const body = count === 2 ? '' : `data: ${count} ä\n\n`
    return Promise.resolve({ status: 200, body, fields: type, again: { afterMs: 1, query: `n=${count}` } })
  })
  using events = await openEvents(edge.port, '/events?n=0')
  assert.equal(events.response.headers['content-type'], 'text/event-stream')
  assert.equal(events.response.headers['x-accel-buffering'], 'no')
  assert.equal(await events.next(), 'data: 1 ä')
  assert.equal(await events.next(), 'data: 3 ä')
  assert.deepEqual(asked.slice(0, 3), ['n=0', 'n=1', 'n=2'])
})

test('asks no more once its client has left', async () => {
  const asked: string[] = []
  await using edge = await openStreams((_, { path }) => {
    asked.push(path)
    return Promise.resolve(forever('data\n\n'))
  })
  {
    using events = await openEvents(edge.port, '/one')
    await events.next()
  }
  await eventually(() => assert.equal(edge.open, 0), 5000)
  asked.length = 0
  using other = await openEvents(edge.port, '/other')
  for (let i = 0; i < 5; i++) await other.next()
  assert.ok(!asked.includes('/one'))
})

test('asks nothing while the last piece is not written out', async () => {
  let asked = 0
  // More than the buffers between the two hold.
  const body = `data: ${'x'.repeat(16 * 1024 * 1024)}\n\n`
  await using edge = await openStreams(() => {
    asked++
    return Promise.resolve(forever(body))
  })
  const socket = connect({ host: '127.0.0.1', port: edge.port })
  socket.pause()
  socket.write('GET /events HTTP/1.1\r\nHost: edge\r\n\r\n')
  await eventually(() => assert.equal(asked, 1), 5000)
  // A second stream that is read makes its way meanwhile: time enough for the first.
  using events = await openEvents(edge.port, '/events')
  for (let i = 0; i < 3; i++) await events.next()
  const bySecond = asked - 1
  assert.ok(bySecond >= 3 && bySecond <= 5, String(asked))
  socket.destroy()
})

test('HEAD is answered without a stream', async () => {
  await using edge = await openStreams(() => Promise.resolve(forever('data\n\n')))
  const { status, body } = await ask(edge.port, '/events', { method: 'HEAD' })
  assert.deepEqual([status, body], [200, ''])
})

test('a stop ends every stream with a hint to come back, and begins no other', async () => {
  await using edge = await openStreams(() => Promise.resolve(forever('data\n\n', 60_000)))
  using events = await openEvents(edge.port, '/events')
  await events.next()
  edge.streams[Symbol.dispose]()
  assert.equal(await events.rest(), 'retry: 2000\n\n')
  const refused = await ask(edge.port, '/events')
  assert.equal(refused.status, 503)
})

test('one stream too many is told so, and there is room again when one ends', async () => {
  await using edge = await openStreams(() => Promise.resolve(forever('data\n\n', 60_000)))
  const open = await Promise.all(Array.from({ length: 64 }, () => openEvents(edge.port, '/events')))
  const refused = await ask(edge.port, '/events')
  assert.equal(refused.status, 503)
  assert.match(refused.body, /there are 64 event streams already/)
  open.pop()?.[Symbol.dispose]()
  await eventually(async () => {
    using events = await openEvents(edge.port, '/events')
    assert.equal(events.status, 200)
  }, 5000)
  for (const events of open) events[Symbol.dispose]()
})

test('an answer that is no stream any more ends it', async () => {
  let asked = 0
  await using edge = await openStreams(() => {
    asked++
    return Promise.resolve(asked === 1 ? forever('data\n\n') : { status: 500, body: '', fields: [] })
  })
  using events = await openEvents(edge.port, '/events')
  await events.next()
  assert.equal(await events.rest(), 'retry: 2000\n\n')
})

for (const [name, send, status] of [
  ['of a length that is too large', 'Content-Length: 65537\r\n\r\nbegin', 413],
  ['in chunks that become too many', `Transfer-Encoding: chunked\r\n\r\n10001\r\n${'x'.repeat(0x10001)}\r\n`, 413],
  ['that is not UTF-8', 'Content-Length: 1\r\n\r\n\xff', 400],
] as const) {
  test(`a body ${name} is refused without asking, and the connection closed`, async () => {
    const requests: InternalRequest[] = []
    await using edge = await openStreams((_, request) => {
      requests.push(request)
      return Promise.resolve({ status: 200, body: '', fields: [] })
    })
    const socket = connect({ host: '127.0.0.1', port: edge.port })
    socket.setEncoding('latin1')
    let answer = ''
    socket.on('data', (piece) => (answer += String(piece)))
    socket.write(`POST / HTTP/1.1\r\nHost: edge\r\n${status === 400 ? 'Connection: close\r\n' : ''}${send}`, 'latin1')
    await once(socket, 'close')
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `))
    assert.deepEqual(requests, [])
  })
}

test('a body arrives whole, and one that never does is nobody’s error', async () => {
  const bodies: (string | undefined)[] = []
  await using edge = await openStreams((_, { body }) => {
    bodies.push(body)
    return Promise.resolve({ status: 200, body: '', fields: [] })
  })
  const cut = connect({ host: '127.0.0.1', port: edge.port })
  await once(cut, 'connect')
  cut.end('POST / HTTP/1.1\r\nHost: edge\r\nContent-Length: 10\r\n\r\nabc')
  await once(cut.resume(), 'close')

  const socket = connect({ host: '127.0.0.1', port: edge.port })
  socket.write('POST / HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n')
  socket.write('6\r\nä":1}\r\n0\r\n\r\n')
  await once(socket.resume(), 'close')
  assert.deepEqual(bodies, ['{"ä":1}'])
})

function forever(body: string, afterMs = 1): InternalAnswer {
  return { status: 200, body, fields: type, again: { afterMs, query: '' } }
}

async function openStreams(answer: AskInternal) {
  const streams = new EventStreams()
  const edge = await openEdge(internalHandler('api@internal', answer, streams))
  return {
    streams,
    port: edge.port,
    get open() {
      return edge.open
    },
    [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose](),
  }
}
