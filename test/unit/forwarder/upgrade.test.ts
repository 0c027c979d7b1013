// WebSocket upgrades: the heads as bytes on both sides, the tunnel, and every way it can break before and after the 101.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually } from '../../support/eventually.ts'
import { startAnsweringOrigin, startOrigin, startRawOrigin, type RawOrigin } from '../../support/origin.ts'
import { connectRaw, type RawPeer } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront, type Front } from './front.ts'

const upgrade =
  'GET /chat?room=1 HTTP/1.1\r\nHost: app.local\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'

/** A client and a member with an open tunnel between them. */
async function openTunnel(front: Front, origin: RawOrigin): Promise<{ client: RawPeer; member: RawPeer }> {
  const client = await connectRaw(front.port, upgrade)
  const member = await origin.peer(origin.peers.length)
  await member.until('\r\n\r\n')
  member.send(switching)
  await client.until('\r\n\r\n')
  client.received = ''
  member.received = ''
  return { client, member }
}

test('a WebSocket goes through, messages of any size both ways, and closes in good order', async () => {
  await using origin = await startOrigin(() => {})
  const server = new WebSocketServer({ server: origin.server })
  server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
  await using front = await startFront(memberAt(origin.port))
  const socket = new WebSocket(`ws://127.0.0.1:${front.port}/`, 'chat')
  await once(socket, 'open')
  assert.equal(socket.protocol, 'chat')
  for (const size of [0, 1, 125, 126, 70_000, 1_000_000]) {
    const sent = Buffer.alloc(size, 'm')
    socket.send(sent)
    const [data] = (await once(socket, 'message')) as [Buffer]
    assert.ok(data.equals(sent), `${size} bytes`)
  }
  socket.close(4000, 'done')
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  assert.deepEqual([code, reason.toString()], [4000, 'done'])
  assert.equal(await front.outcome(0), 'settled')
  server.close()
})

test('the member sees our fields, its Host, and the target untouched', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => {
    exchange.path = '//a/http:/b/%2f'
    exchange.fields.push(
      'X-Forwarded-For',
      '1.2.3.4',
      'X-Twice',
      '1',
      'x-twice',
      '2',
      '__proto__',
      'x',
      'X-Bytes',
      '\xe9',
    )
  }
  await using client = await connectRaw(front.port, upgrade)
  const seen = await (await origin.peer(0)).until('\r\n\r\n')
  assert.ok(seen.startsWith('GET //a/http:/b/%2f?room=1 HTTP/1.1\r\nHost: app.local\r\n'), seen)
  for (const line of [
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'X-Forwarded-For: 1.2.3.4',
    'X-Twice: 1',
    'X-Twice: 2',
    'X-Bytes: \xe9',
    'connection: Upgrade',
    'upgrade: websocket',
  ]) {
    assert.ok(seen.includes(`\r\n${line}\r\n`), line)
  }
  assert.doesNotMatch(seen, /keep-alive|close/)
  assert.equal(client.received, '')
})

test('the 101 reaches the client with the fields of both, no hop-by-hop field, bytes kept', async () => {
  await using origin = await startAnsweringOrigin(
    switching.replace(
      '\r\n\r\n',
      '\r\nX-A: \xe9\r\nx-a: 2\r\nKeep-Alive: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n',
    ),
  )
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.responseFields.push('Set-Cookie', 'sticky=1')
  await using client = await connectRaw(front.port, upgrade)
  assert.equal(
    await client.until('\r\n\r\n'),
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-A: \xe9\r\nx-a: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
      'Set-Cookie: sticky=1\r\n\r\n',
  )
})

test('bytes right behind either head are the first of the tunnel', async () => {
  await using origin = await startAnsweringOrigin(`${switching}from-member`)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, `${upgrade}from-client`)
  assert.match(await client.until('from-member'), /\r\n\r\nfrom-member$/)
  assert.match(await (await origin.peer(0)).until('from-client'), /\r\n\r\nfrom-client$/)
})

test('each side may end while the other still speaks', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  {
    const { client, member } = await openTunnel(front, origin)
    client.socket.end('last words')
    assert.equal(await member.over, 'ended')
    assert.equal(member.received, 'last words')
    member.socket.end('answer')
    assert.equal(await client.all(), 'answer')
  }
  {
    const { client, member } = await openTunnel(front, origin)
    member.socket.end('last words')
    assert.equal(await client.over, 'ended')
    assert.equal(client.received, 'last words')
    client.socket.end('answer')
    assert.equal(await member.all(), 'answer')
  }
  assert.equal(await front.outcome(1), 'settled')
})

for (const breaks of ['client', 'member'] as const) {
  test(`a tunnel that the ${breaks} resets is over for both`, async () => {
    await using origin = await startRawOrigin()
    await using front = await startFront(memberAt(origin.port))
    const sides = await openTunnel(front, origin)
    sides[breaks].socket.resetAndDestroy()
    await sides[breaks === 'client' ? 'member' : 'client'].over
    assert.equal(await front.outcome(0), 'settled')
  })
}

test('a client that resets before the 101 takes the connection to the member with it, and nothing else', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  for (let i = 0; i < 20; i++) {
    await using client = await connectRaw(front.port, upgrade)
    const member = await origin.peer(i)
    await member.until('\r\n\r\n')
    client.socket.resetAndDestroy()
    await member.over
    assert.equal(codeOf(await front.outcome(i)), 'client-gone')
  }
  assert.ok(origin.peers.every((peer) => peer.received.startsWith('GET ')))
})

test('a client that merely ends before the 101 is gone as well', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, upgrade)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  client.socket.end()
  assert.equal(await member.over, 'ended')
  assert.equal(codeOf(await front.outcome(0)), 'client-gone')
})

test('a client that speaks before the 101 is heard after it', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, upgrade)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  client.send('early')
  client.send(' bird')
  member.send(switching)
  await client.until('\r\n\r\n')
  assert.match(await member.until('bird'), /\r\n\r\nearly bird$/)
  client.send(' and late')
  await member.until('late')
})

test('a client that resets while the 101 is on its way breaks nothing', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  for (let i = 0; i < 20; i++) {
    await using client = await connectRaw(front.port, upgrade)
    const member = await origin.peer(i)
    await member.until('\r\n\r\n')
    // Both are on the wire before anyone here is told of either.
    member.send(`${switching}frame`)
    client.socket.resetAndDestroy()
    await member.over
    assert.match(codeOf(await front.outcome(i)), /^(?:settled|client-gone)$/)
  }
})

test('a member that resets before its 101 is a reset, with nothing written to the client', async () => {
  await using origin = await startRawOrigin((peer) => peer.socket.once('data', () => peer.socket.resetAndDestroy()))
  await using front = await startFront(memberAt(origin.port))
  for (let i = 0; i < 20; i++) {
    await using client = await connectRaw(front.port, upgrade)
    assert.match(await client.all(), /^HTTP\/1\.1 502 [^]*reset sent=true$/)
  }
})

test('an upgrade that one member refuses to take is served by the next', async () => {
  await using dead = await startRawOrigin()
  await dead[Symbol.asyncDispose]()
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(dead.port))
  front.others = [memberAt(origin.port)]
  const { client, member } = await openTunnel(front, origin)
  client.send('ping')
  await member.until('ping')
  member.send('pong')
  await client.until('pong')
  client.socket.destroy()
  await member.over
})

test('a member that refuses connections has got nothing, and the client is told', async () => {
  await using dead = await startRawOrigin()
  await dead[Symbol.asyncDispose]()
  await using front = await startFront(memberAt(dead.port))
  await using client = await connectRaw(front.port, upgrade)
  assert.match(await client.all(), /^HTTP\/1\.1 502 [^]*refused sent=false$/)
})

test('an answer other than 101 is relayed with its body, and the connection closed', async () => {
  for (const answer of [
    'HTTP/1.1 403 Not You\r\nX-Why: x\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbody',
    'HTTP/1.1 403 Not You\r\nX-Why: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Not You\r\nX-Why: x\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nbody',
  ]) {
    await using origin = await startAnsweringOrigin(answer)
    await using front = await startFront(memberAt(origin.port))
    front.prepare = (exchange) => exchange.responseFields.push('Set-Cookie', 'sticky=1')
    await using client = await connectRaw(front.port, upgrade)
    const seen = await client.all()
    assert.match(
      seen,
      /^HTTP\/1\.1 403 Not You\r\nX-Why: x\r\n[^]*Set-Cookie: sticky=1\r\nConnection: close\r\n\r\nbody$/,
    )
    assert.doesNotMatch(seen, /transfer-encoding|upgrade|keep-alive/i)
    assert.equal(await client.over, 'ended')
    assert.equal(await front.outcome(0), 'settled')
    assert.equal(await (await origin.peer(0)).over, 'ended')
  }
})

test('a refusal that is cut off does not look complete', async () => {
  await using origin = await startAnsweringOrigin(
    'HTTP/1.1 403 Not You\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  )
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, upgrade)
  await client.until('half')
  ;(await origin.peer(0)).socket.destroy()
  assert.equal(await client.over, 'reset')
  assert.equal(await front.outcome(0), 'settled')
})

for (const [what, answer] of Object.entries({
  'a 101 to another protocol': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nrubbish',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
  'a bare 101': 'HTTP/1.1 101 Switching Protocols\r\n\r\nrubbish',
})) {
  test(`${what} opens no tunnel`, async () => {
    await using origin = await startAnsweringOrigin(answer)
    await using front = await startFront(memberAt(origin.port))
    await using client = await connectRaw(front.port, upgrade)
    assert.match(await client.all(), /^HTTP\/1\.1 502 [^]*malformed-response sent=true$/)
    assert.equal(await (await origin.peer(0)).over, 'ended')
  })
}

test('a member that takes an upgrade and says nothing is given up after the response time-out', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), { responseHeaderTimeoutMs: 50 })
  await using client = await connectRaw(front.port, upgrade)
  assert.match(await client.all(), /^HTTP\/1\.1 504 [^]*response-timeout/)
  assert.equal(await (await origin.peer(0)).over, 'ended')
})

test('only a GET can become a WebSocket', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, upgrade.replace('GET', 'POST'))
  assert.match(await client.all(), /^HTTP\/1\.1 400 /)
  assert.equal(origin.peers.length, 0)
})

test('a tunnel is counted while it lasts, heads included', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  const { client, member } = await openTunnel(front, origin)
  const { row } = front.member
  const before = row.to
  client.send('x'.repeat(1000))
  await eventually(() => assert.equal(member.received.length, 1000), 2000)
  client.send('y')
  await member.until('y')
  member.send('z'.repeat(500))
  await eventually(() => assert.equal(client.received.length, 500), 2000)
  assert.ok(row.to >= before + 1000, 'the client to the member')
  client.socket.resetAndDestroy()
  await front.outcome(0)
  assert.equal(row.from, switching.length + 500)
  assert.equal(row.to - before, 1001)
})

test('a slow client holds the member back', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  const { client, member } = await openTunnel(front, origin)
  client.socket.pause()
  const piece = Buffer.alloc(256 * 1024)
  let written = 0
  while (written < 64 * 1024 * 1024) {
    const taken = member.socket.write(piece)
    written += piece.length
    if (taken) continue
    const drained = once(member.socket, 'drain').then(() => true)
    const stuck = new Promise<boolean>((resolve) => setTimeout(resolve, 300, false))
    if (!(await Promise.race([drained, stuck]))) break
  }
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes went nowhere`)
  client.socket.destroy()
  await member.over
})

test('tunnels that are broken off leave no socket and no listener behind', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  const before = process.getActiveResourcesInfo().filter((each) => each.startsWith('TCPSocket')).length
  for (let i = 0; i < 30; i++) {
    await using client = await connectRaw(front.port, upgrade)
    const member = await origin.peer(i)
    await member.until('\r\n\r\n')
    if (i % 3 === 0) member.socket.resetAndDestroy()
    else if (i % 3 === 1) client.socket.resetAndDestroy()
    else {
      member.send(switching)
      await client.until('\r\n\r\n')
      client.socket.resetAndDestroy()
    }
    await front.outcome(i)
    member.socket.destroy()
  }
  await eventually(() => {
    const now = process.getActiveResourcesInfo().filter((each) => each.startsWith('TCPSocket')).length
    assert.ok(now <= before, `${now} sockets, ${before} before`)
  }, 3000)
})
