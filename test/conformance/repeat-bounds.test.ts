// What a request that may have to be repeated may cost, and what stays as it was: back-pressure, 100 Continue, the
// connection of the client.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import type { RawPeer } from '../support/raw-peer.ts'
import { openRepeatStage } from './repeat-stage.ts'
import { ok } from './recording-member.ts'

const ceilingMs = 10_000
const kilobyte = 1024
const megabyte = 1024 * kilobyte

describe('a body that the member has read when it resets', () => {
  for (const [bytes, limit, status] of [
    [99, 100, 200],
    [100, 100, 200],
    [101, 100, 502],
    [1, 0, 502],
    [64 * kilobyte, 64 * kilobyte, 200],
    [64 * kilobyte + 1, 64 * kilobyte, 502],
  ] as const) {
    for (const framing of ['length', 'chunked'] as const) {
      test(`has ${bytes} bytes, ${framing}, of ${limit} that are kept: ${status}`, async () => {
        await using stage = await openRepeatStage({ limits: { maxReplayBytes: limit } })
        const body = textOf(bytes)
        const text = framing === 'length' ? put(bytes) + body : `${putChunked}${bytes.toString(16)}\r\n${body}\r\n`
        const client = await stage.client(text)
        stage.dying.onRead = (read, peer) => {
          if (bodyOf(read).replaceAll(/[\r\n0-9a-f]/g, '').length < bytes) return
          peer.socket.resetAndDestroy()
          if (framing === 'chunked') client.send('0\r\n\r\n')
        }
        assert.match(await client.until('\r\n\r\n'), new RegExp(`^HTTP/1\\.1 ${status} `))
        assert.deepEqual(
          stage.steady.requests.map((request) => request.body === body),
          status === 200 ? [true] : [],
        )
        assert.equal(stage.forwarder.keptBytes, 0)
      })
    }
  }
})

test('a body that has not begun when the member resets is sent to the next one, however long and though none is kept', async () => {
  await using stage = await openRepeatStage({ limits: { maxReplayBytes: 0 } })
  const body = textOf(300 * kilobyte)
  stage.dying.onRead = (_read, peer) => peer.socket.resetAndDestroy()
  const client = await stage.client(put(body.length))
  // The next one has the head.
  await stage.steady.peer(0)
  client.send(body)
  assert.equal((await stage.steady.request(0)).body, body)
})

test('a chunked body without a byte is sent to the next one though its end was read', async () => {
  await using stage = await openRepeatStage()
  stage.dying.onRead = (read, peer) => {
    if (read.endsWith('0\r\n\r\n')) peer.socket.resetAndDestroy()
  }
  const client = await stage.client(`${putChunked}0\r\n\r\n`)
  assert.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 200 /)
  assert.equal((await stage.steady.request(0)).framing, 'chunked')
})

test('a long upload of which the first member saw the beginning reaches the next one whole, at its pace', async () => {
  await using stage = await openRepeatStage({ limits: { maxReplayBytes: megabyte } })
  const first = Buffer.from(textOf(512 * kilobyte))
  // More than all the buffers on the way, those of the kernel included.
  const rest = Buffer.from(textOf(megabyte).repeat(48))
  const client = await stage.client(put(first.length + rest.length))
  stage.dying.onRead = (read, peer) => {
    if (bodyOf(read).length === first.length) peer.socket.resetAndDestroy()
  }
  client.socket.write(first)
  const next = await stage.steady.peer(0)
  next.socket.pause()
  next.socket.removeAllListeners('data')
  client.socket.write(rest)
  await standstill(client)
  assert.ok(client.socket.writableLength > 0, 'the client got rid of all of it, though the member reads nothing')

  const got = createHash('sha256').update(bodyOf(next.received), 'latin1')
  let bytes = bodyOf(next.received).length
  next.socket.on('data', (chunk: Buffer) => {
    got.update(chunk)
    bytes += chunk.length
    if (bytes === first.length + rest.length) next.send(ok('whole'))
  })
  next.socket.resume()
  await client.until('whole')
  assert.equal(got.digest('hex'), createHash('sha256').update(first).update(rest).digest('hex'))
  assert.equal(stage.forwarder.keptBytes, 0)
})

test('a client that waits for 100 Continue is told so once, and its body reaches the next member', async () => {
  await using stage = await openRepeatStage()
  stage.dying.onRead = (read, peer) => {
    if (read.endsWith('first ')) peer.socket.resetAndDestroy()
  }
  const client = await stage.client('PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n')
  await client.until('100 Continue\r\n\r\n')
  client.send('first ')
  await stage.steady.peer(0)
  client.send('second')
  assert.match(await client.until('200 OK'), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
  assert.equal((await stage.steady.request(0)).body, 'first second')
})

test('when all members fail, the client gets its answer in the middle of its upload and may ask again', async () => {
  await using stage = await openRepeatStage({ alone: true })
  let requests = 0
  stage.dying.onRead = (read, peer) => {
    if (read.endsWith('first') && requests++ === 0) peer.socket.resetAndDestroy()
    else if (read.startsWith('GET')) peer.send(ok('again'))
  }
  const rest = textOf(megabyte)
  const client = await stage.client(`${put(5 + rest.length)}first`)
  assert.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 502 /)
  assert.equal(stage.forwarder.keptBytes, 0)
  client.send(`${rest}GET / HTTP/1.1\r\nHost: a\r\n\r\n`)
  await client.until('again')
})

test('a client whose upload no member took is cut off when it goes on and on', async () => {
  await using stage = await openRepeatStage({ alone: true })
  stage.dying.onRead = (read, peer) => {
    if (read.endsWith('first')) peer.socket.resetAndDestroy()
  }
  const client = await stage.client(`${put(99_999_999)}first`)
  await client.until('502')
  for (let i = 0; i < 8; i++) client.socket.write(Buffer.alloc(megabyte))
  await client.over
})

test('a client that leaves in the middle of its upload takes what was kept along', async () => {
  await using stage = await openRepeatStage()
  const client = await stage.client(`${put(1000)}half`)
  await eventually(() => assert.match(stage.dying.read[0] ?? '', /half$/), ceilingMs)
  assert.ok(stage.forwarder.keptBytes >= 'half'.length)
  client.socket.destroy()
  await eventually(() => assert.equal(stage.forwarder.keptBytes, 0), ceilingMs)
  assert.equal(stage.steady.requests.length, 0)
})

test('nothing is kept from the first byte of an answer on, nor of what is never repeated', async () => {
  await using stage = await openRepeatStage()
  stage.dying.onRead = (read, peer) => {
    if (read.endsWith('half')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
  }
  const client = await stage.client(`${put(8)}half`)
  await client.until('\r\n\r\n')
  assert.equal(stage.forwarder.keptBytes, 0)
  client.send('more')
  await eventually(() => assert.match(stage.dying.read[0] ?? '', /halfmore$/), ceilingMs)
  assert.equal(stage.forwarder.keptBytes, 0)

  await stage.client(`${put(8).replace('PUT', 'POST')}post`)
  await eventually(() => assert.match(stage.dying.read[1] ?? '', /post$/), ceilingMs)
  assert.equal(stage.forwarder.keptBytes, 0)
})

describe('many uploads at once', () => {
  const uploads = 60
  const bytes = 50_000
  const maxReplayMemory = 256 * kilobyte

  test('keep what the memory for all of them allows; who found no room is not repeated', async () => {
    await using stage = await openRepeatStage({ limits: { maxReplayMemory } })
    const whole = new Map<RawPeer, boolean>()
    let most = 0
    stage.dying.onRead = (read, peer) => {
      most = Math.max(most, stage.forwarder.keptBytes)
      if (bodyOf(read).length === bytes) whole.set(peer, true)
      if (whole.size === uploads) for (const each of whole.keys()) each.socket.resetAndDestroy()
    }
    const clients: RawPeer[] = []
    for (let i = 0; i < uploads; i++) clients.push(await stage.client(put(bytes) + textOf(bytes)))
    const answers = await Promise.all(clients.map((client) => client.until('\r\n\r\n')))
    const repeated = answers.filter((answer) => answer.startsWith('HTTP/1.1 200 ')).length
    assert.equal(answers.filter((answer) => answer.startsWith('HTTP/1.1 502 ')).length, uploads - repeated)
    assert.equal(stage.steady.requests.length, repeated)
    assert.ok(repeated > 0 && repeated <= maxReplayMemory / bytes, `${repeated} were repeated`)
    assert.ok(most > bytes && most <= maxReplayMemory, `${most} bytes were kept`)
    assert.equal(stage.forwarder.keptBytes, 0)
  })
})

describe('a kept connection that the member closes on the next request', () => {
  for (const [method, retryNonIdempotent, status] of [
    ['PUT', false, 200],
    ['POST', false, 502],
    ['POST', true, 200],
  ] as const) {
    const allowed = retryNonIdempotent ? ', which its service allows,' : ''
    test(`a ${method}${allowed} with its body read is answered ${status}`, async () => {
      await using stage = await openRepeatStage({ alone: true, balancing: { retryNonIdempotent } })
      stage.dying.onRead = (read, peer) => {
        if (!read.endsWith('body')) peer.send(ok('first'))
        else if (read.startsWith('GET')) peer.socket.end()
        else peer.send(ok('second'))
      }
      const client = await stage.client('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await client.until('first')
      client.received = ''
      client.send(put(4).replace('PUT', method) + 'body')
      assert.match(await client.until('\r\n\r\n'), new RegExp(`^HTTP/1\\.1 ${status} `))
      assert.equal(stage.dying.read.length, status === 200 ? 2 : 1)
      assert.match(stage.dying.read[0] ?? '', /\r\n\r\nbody$/)
      assert.equal(stage.forwarder.keptBytes, 0)
    })
  }
})

const putChunked = 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

function put(bytes: number): string {
  return `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`
}

/** Numbers in digits that no chunk's size has, so that a piece lost, repeated or out of place shows. */
function textOf(bytes: number): string {
  let text = ''
  for (let i = 0; text.length < bytes; i++)
    text += `${String(i).replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? '')}.`
  return text.slice(0, bytes)
}

const digits = 'QRSTUVWXYZ'

function bodyOf(read: string): string {
  const end = read.indexOf('\r\n\r\n')
  return end === -1 ? '' : read.slice(end + 4)
}

/** Resolves when a client can send no more for now. */
async function standstill({ socket }: RawPeer): Promise<void> {
  for (let before = -1; before !== socket.bytesWritten - socket.writableLength;) {
    before = socket.bytesWritten - socket.writableLength
    await delay(150)
  }
}
