// A member that does not play by the rules harms its own answer at most: never another one, and never by a clean end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAnsweringOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const refused: Readonly<Record<string, string>> = {
  'length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
  'a list of lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello',
  'a signed length': 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
  'an empty length': 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n',
  'a length past all numbers': 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n',
  'an unknown coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  'two codings': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/2': 'HTTP/2 200 OK\r\n\r\n',
  'HTTP/1.2': 'HTTP/1.2 200 OK\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status below 100': 'HTTP/1.1 099 OK\r\n\r\n',
  'an empty line first': `\r\n${ok}`,
  'a bare line feed': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
  'a bare carriage return': 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n',
  'a NUL': 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n',
  'a folded line': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n',
  'a space before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
  'an empty name': 'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
  'a line without a colon': 'HTTP/1.1 200 OK\r\nX\r\n\r\n',
  'a head past all bounds': `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`,
  'a status line without end': `HTTP/1.1 200 ${'x'.repeat(70_000)}`,
  'more fields than allowed': `HTTP/1.1 200 OK\r\n${'X: 1\r\n'.repeat(501)}\r\n`,
  'interim answers without end': 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(40),
  'an interim answer in HTTP/1.0': `HTTP/1.0 103 Early Hints\r\n\r\n${ok}`,
  'an interim answer that closes': `HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n${ok}`,
  'an interim answer with two lengths': `HTTP/1.1 103 Early Hints\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n${ok}`,
  'a tab beside the coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n',
  'another protocol unasked': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
}

for (const [what, answer] of Object.entries(refused)) {
  test(`${what} is no answer: 502, and the connection is dropped`, async () => {
    await using origin = await startAnsweringOrigin(answer, ok)
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, get)
    assert.match(await client.until('sent=true'), /^HTTP\/1\.1 502 [^]*malformed-response sent=true$/)
    assert.equal(await (await origin.peer(0)).over, 'ended')
    client.received = ''
    client.send(get)
    assert.match(await client.until('ok'), /^HTTP\/1\.1 200 OK\r\n/)
    assert.equal(origin.peers.length, 2)
  })
}

const badChunks: Readonly<Record<string, string>> = {
  'no size': '\r\nabc\r\n',
  'a signed size': '+3\r\nabc\r\n',
  'a prefixed size': '0x3\r\nabc\r\n',
  'an underscore': '0_3\r\nabc\r\n',
  'a blank after the size': '3 \r\nabc\r\n',
  'a blank before the size': ' 3\r\nabc\r\n',
  'a size past all numbers': 'ffffffffffffff\r\n',
  'a size that ends in a line feed': '3\nabc\r\n',
  'a size that ends in two carriage returns': '3\r\r\nabc\r\n',
  'data longer than its size': '3\r\nabcd\r\n',
  'data that ends in a line feed': '3\r\nabc\n0\r\n\r\n',
  'a line feed in an extension': '3;a\nb\r\nabc\r\n',
  'extensions without end': `3;${'x'.repeat(20_000)}`,
  'trailers without end': `0\r\nX: ${'x'.repeat(20_000)}`,
  'a bad trailer': '0\r\nX : y\r\n\r\n',
  'a trailer that ends in a line feed': '0\r\nX: y\n\r\n',
}

for (const [what, chunk] of Object.entries(badChunks)) {
  test(`${what} in a chunk cuts the answer short of its last chunk`, async () => {
    await using origin = await startAnsweringOrigin(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n${chunk}`,
    )
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, get)
    const seen = await client.all()
    assert.doesNotMatch(seen, /\r\n0\r\n/)
    assert.equal(await front.outcome(0), 'settled')
    assert.equal(await (await origin.peer(0)).over, 'ended')
  })
}

const cut: Readonly<Record<string, string>> = {
  'in the middle of a length': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf',
  'in the middle of a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf',
  'between chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  'before the last empty line': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n',
}

for (const [where, answer] of Object.entries(cut)) {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    test(`an answer that ends ${where} (${how}) is cut for the client as well`, async () => {
      await using origin = await startAnsweringOrigin(answer)
      await using front = await startFront(memberAt(origin.port))
      await using client = await connectRaw(front.port, get)
      await client.until('half')
      ;(await origin.peer(0)).socket[how]()
      const seen = await client.all()
      assert.doesNotMatch(seen, /\r\n0\r\n/)
      assert.ok(seen.endsWith('half') || seen.endsWith('half\r\n'), seen)
    })
  }
}

test('an HTTP/1.0 client is reset when a chunked answer is cut, since an end would look complete', async () => {
  await using origin = await startAnsweringOrigin(cut['between chunks'] ?? '')
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'GET / HTTP/1.0\r\n\r\n')
  await client.until('half')
  ;(await origin.peer(0)).socket.destroy()
  assert.equal(await client.over, 'reset')
})

test('a member that resets where the end of the connection ends the body cuts the answer', async () => {
  await using origin = await startAnsweringOrigin('HTTP/1.1 200 OK\r\n\r\nhalf')
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  await client.until('half')
  ;(await origin.peer(0)).socket.resetAndDestroy()
  assert.doesNotMatch(await client.all(), /\r\n0\r\n/)
})

test('an answer cut inside its head is malformed, and is not asked for again', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.socket.end('HTTP/1.1 200 OK\r\nContent-'))
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  assert.match(await client.until('sent=true'), /malformed-response/)
  assert.equal(origin.peers.length, 1)
})

test('bytes after an answer poison nothing: the answer passes and the connection goes', async () => {
  const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
  for (const first of [
    ok + evil,
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${evil}`,
    `HTTP/1.1 304 Not Modified\r\nETag: ok\r\n\r\n${evil}`,
  ]) {
    await using origin = await startAnsweringOrigin(first, 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext')
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, get)
    await client.until('ok')
    await front.outcome(0)
    client.send(get)
    assert.doesNotMatch(await client.until('next'), /evil/)
    assert.equal(origin.peers.length, 2)
  }
})

test('bytes that come later, on the idle connection, drop it', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  await client.until('ok')
  await front.outcome(0)
  const member = await origin.peer(0)
  member.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
  assert.equal(await member.over, 'ended')
  client.send(get)
  await front.outcome(1)
  assert.equal(origin.peers.length, 2)
  assert.doesNotMatch(client.received, /evil/)
})

test('a member that resets at any byte of its answer never makes a clean end of it', async () => {
  const whole =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n3;e\r\ndef\r\n0\r\nT: t\r\n\r\n'
  let length = 0
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.socket.write(whole.slice(0, length), () => peer.socket.destroy()))
  })
  await using front = await startFront(memberAt(origin.port))
  for (length = 0; length < whole.length; length++) {
    await using client = await connectRaw(front.port, get)
    const outcome = codeOf(await front.outcome(length))
    const headEnd = whole.indexOf('\r\n\r\n') + 4
    if (length === 0) assert.equal(outcome, 'reset')
    else if (length < headEnd) assert.equal(outcome, 'malformed-response')
    else assert.doesNotMatch(await client.all(), /\r\n0\r\n/)
  }
})
