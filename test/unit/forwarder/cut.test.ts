// A member that is gone without having said so, and one that had its time to drain: what is in use must not hang.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startAnsweringOrigin, startOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const key = 'web@test|1'
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const getOnce = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const upgrade =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'

for (const order of ['cut', 'break'] as const) {
  test(`${order}: a request that waits for its answer fails, and goes to another member`, async () => {
    await using silent = await startRawOrigin()
    await using other = await startAnsweringOrigin(ok)
    await using front = await startFront(memberAt(silent.port))
    front.others = [memberAt(other.port, { key: 'web@test|2' })]
    await using client = await connectRaw(front.port, get)
    await (await silent.peer(0)).until('\r\n\r\n')
    front.forwarder[order](key)
    assert.match(await client.until('ok'), /^HTTP\/1\.1 200 /)
  })

  test(`${order}: an answer that is under way and comes to a halt is cut, never completed`, async () => {
    await using origin = await startRawOrigin((peer) => {
      peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
    })
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, get)
    await client.until('half')
    front.forwarder[order](key)
    assert.match(await client.all(), /\r\nContent-Length: 10\r\n[^]*\r\n\r\nhalf$/)
  })

  test(`${order}: a tunnel ends`, async () => {
    await using origin = await startRawOrigin((peer) => peer.socket.once('data', () => peer.send(switching)))
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, upgrade)
    await client.until('\r\n\r\n')
    front.forwarder[order](key)
    assert.equal(await client.over, 'reset')
  })

  test(`${order}: idle connections close`, async () => {
    await using origin = await startAnsweringOrigin(ok)
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, get)
    await client.until('ok')
    assert.equal(codeOf(await front.outcome(0)), 'settled')
    front.forwarder[order](key)
    assert.equal(await (await origin.peer(0)).over, 'ended')
  })
}

test('nothing is dialled at an address that was cut, until the member is found again', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.forwarder.cut(key)
  await using refused = await connectRaw(front.port, get)
  assert.match(await refused.until('sent=false'), /^HTTP\/1\.1 503 /)
  assert.equal(origin.peers.length, 0)
  front.forwarder.reopen(key)
  await using served = await connectRaw(front.port, get)
  assert.match(await served.until('ok'), /^HTTP\/1\.1 200 /)
})

test('what a member sent before it was cut still reaches a client that reads slowly', async () => {
  const body = Buffer.alloc(1 << 20, 'a')
  const allSent = Promise.withResolvers<void>()
  await using origin = await startOrigin((_request, response) => response.end(body, () => allSent.resolve()))
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, getOnce)
  await client.until('\r\n\r\n')
  client.socket.pause()
  await allSent.promise
  front.forwarder.cut(key)
  // Longer than the silence after which a connection is given up that is read.
  await delay(300)
  client.socket.resume()
  const text = await client.all()
  assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, body.length)
})
