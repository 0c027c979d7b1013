// Connections to members: kept, reused, given up, and what becomes of a request when one fails.
import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { startAnsweringOrigin, startOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { UpstreamError } from '../../../src/exchange/upstream-error.ts'
import { codeOf, memberAt, startFront, type Front, type Outcome } from './front.ts'

function unsentIn(outcome: Outcome): boolean {
  return outcome instanceof UpstreamError && !outcome.sent
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** One request on a client connection of its own; returns once the exchange with this number is over. */
async function ask(front: Front, number: number, request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'): Promise<string> {
  await using client = await connectRaw(front.port, request)
  const outcome = codeOf(await front.outcome(number))
  // An answer is on its way when its exchange is over; a head always comes before it.
  await client.until('\r\n\r\n')
  return outcome
}

test('one connection serves requests that follow each other', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  for (let i = 0; i < 5; i++) assert.equal(await ask(front, i), 'settled')
  assert.equal(origin.peers.length, 1)
})

test('the connection used last is used next', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  const both = Promise.all([ask(front, 0), ask(front, 1)])
  const [first, second] = [await origin.peer(0), await origin.peer(1)]
  await second.until('\r\n\r\n')
  second.send(ok)
  await front.outcome(0)
  await first.until('\r\n\r\n')
  first.send(ok)
  await both
  first.received = ''
  const third = ask(front, 2)
  await first.until('\r\n\r\n')
  first.send(ok)
  assert.equal(await third, 'settled')
})

for (const [what, answer] of Object.entries({
  'Connection: close': 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
  'a keep-alive time-out of a second': 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok',
})) {
  test(`a connection with ${what} is not used again`, async () => {
    await using origin = await startAnsweringOrigin(answer)
    await using front = await startFront(memberAt(origin.port))
    await ask(front, 0)
    assert.equal(await (await origin.peer(0)).over, 'ended')
    await ask(front, 1)
    assert.equal(origin.peers.length, 2)
  })
}

test('no more connections are kept than allowed', async () => {
  await using origin = await startOrigin((_request, response) => setImmediate(() => response.end('ok')))
  await using front = await startFront(memberAt(origin.port), { maxIdlePerMember: 1 })
  await Promise.all([0, 1, 2].map((number) => ask(front, number)))
  await eventually(async () => assert.equal(await connectionsOf(origin.server), 1), 2000)
})

test('a connection that has been idle too long is closed, and not used before that either', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port), { memberIdleTimeoutMs: 1 })
  await ask(front, 0)
  assert.equal(await (await origin.peer(0)).over, 'ended')
  await ask(front, 1)
  assert.equal(origin.peers.length, 2)
})

test('an idle connection that the member closes is forgotten', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  const first = await origin.peer(0)
  first.socket.end()
  assert.equal(await first.over, 'ended')
  assert.equal(await ask(front, 1, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'), 'settled')
  assert.equal(origin.peers.length, 2)
})

test('an idempotent request on a connection that turns out dead is sent once more on a new one', async () => {
  await using origin = await startRawOrigin((peer, number) => {
    peer.socket.on('data', () => {
      if (number === 0 && peer.received.split('\r\n\r\n').length > 2) peer.socket.destroy()
      else peer.send(ok)
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  assert.equal(await ask(front, 1), 'settled')
  assert.equal(origin.peers.length, 2)
})

test('a POST on a connection that turns out dead fails, since the member may have acted on it', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.on('data', () => {
      if (peer.received.includes('POST')) peer.socket.destroy()
      else peer.send(ok)
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  assert.equal(await ask(front, 1, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'), 'reset')
  assert.equal(origin.peers.length, 1)
})

test('a POST whose first write fails on the spot was never sent, and goes out on a new connection', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  // The reset is in the kernel by the time the exchange begins, but the event loop has not told anyone.
  front.prepare = () => origin.peers[0]?.socket.resetAndDestroy()
  assert.equal(await ask(front, 1, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx'), 'settled')
  assert.equal(origin.peers.length, 2)
})

const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody'

test('a POST does not go out on a connection whose end has arrived and was not read yet', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  front.prepare = () => origin.peers[0]?.socket.destroy()
  assert.equal(await ask(front, 1, post), 'settled')
  assert.equal(origin.peers.length, 2)
})

test('a POST whose head met a closed connection was not seen, and goes out whole on a new one', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  // Between the last look at the connection and the head.
  front.prepare = () => setImmediate(() => setImmediate(() => origin.peers[0]?.socket.destroy()))
  assert.equal(await ask(front, 1, post), 'settled')
  assert.deepEqual(
    origin.peers.map(({ received }) => received.endsWith('\r\n\r\nbody')),
    [false, true],
  )
})

test('while members leave, a new connection that is reset before it is accepted has carried no POST', async () => {
  await using origin = await startRawOrigin((peer) => setImmediate(() => peer.socket.resetAndDestroy()))
  await using front = await startFront(memberAt(origin.port))
  front.isUnsettled = () => true
  await ask(front, 0, post)
  assert.equal(unsentIn(await front.outcome(0)), true)
  assert.equal(origin.peers[0]?.received, '')
})

test('while members leave, a new connection that stays carries a POST', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.isUnsettled = () => true
  assert.equal(await ask(front, 0, post), 'settled')
})

for (const [what, before] of [
  ['a new connection', 0],
  ['a kept one', 1],
] as const) {
  test(`a member that begins to leave before a POST is sent on ${what} does not get it`, async () => {
    await using origin = await startAnsweringOrigin(ok)
    await using front = await startFront(memberAt(origin.port))
    for (let i = 0; i < before; i++) await ask(front, i)
    front.isUnsettled = () => true
    front.prepare = () => void setImmediate(() => front.forwarder.closeIdle(front.member.key))
    assert.equal(await ask(front, before, post), 'busy')
    assert.equal(unsentIn(await front.outcome(before)), true)
    assert.ok(origin.peers.every(({ received }) => !received.includes('POST')))
  })
}

test('a POST whose head met a closed connection makes sure of the next one before it goes out again', async () => {
  let connections = 0
  await using origin = await startRawOrigin((peer) => {
    if (++connections === 1) peer.socket.once('data', () => peer.send(ok))
    else setImmediate(() => peer.socket.resetAndDestroy())
  })
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  front.prepare = () => setImmediate(() => setImmediate(() => origin.peers[0]?.socket.destroy()))
  await ask(front, 1, post)
  assert.equal(unsentIn(await front.outcome(1)), true)
  assert.deepEqual(
    origin.peers.map(({ received }) => received.includes('POST')),
    [false, false],
  )
})

test('a POST whose head was read before the connection closed fails, though its body was refused', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.on('data', () => {
      if (peer.received.includes('POST')) peer.socket.destroy()
      else peer.send(ok)
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  await using client = await connectRaw(front.port, post.slice(0, -4))
  await eventually(() => assert.equal(origin.peers[0]?.received.includes('POST'), true), 10_000)
  client.send('body')
  assert.deepEqual([codeOf(await front.outcome(1)), origin.peers.length], ['reset', 1])
})

test('a new connection that is closed without an answer is a reset, and is not tried again here', async () => {
  await using origin = await startRawOrigin((peer) => peer.socket.once('data', () => peer.socket.destroy()))
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await client.until('sent=true'), /502 [^]*reset/)
  assert.equal(origin.peers.length, 1)
})

test('a member that refuses, and one that cannot be found, have got nothing', async () => {
  await using origin = await startAnsweringOrigin(ok)
  const { port } = origin
  await origin[Symbol.asyncDispose]()
  await using front = await startFront(memberAt(port))
  await using first = await connectRaw(front.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
  assert.match(await first.until('sent=false'), /^HTTP\/1\.1 502 [^]*refused/)
  front.member = memberAt(port, { host: 'member.invalid', key: 'other' })
  await using second = await connectRaw(front.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await second.until('sent=false'), /^HTTP\/1\.1 502 [^]*unreachable/)
})

test('a dial that comes to nothing, here for want of a TLS handshake, is given up after the connect time-out', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port, { scheme: 'https' }), { connectTimeoutMs: 50 })
  await using client = await connectRaw(front.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await client.until('sent=false'), /^HTTP\/1\.1 504 [^]*connect-timeout/)
  assert.equal(await (await origin.peer(0)).over, 'ended')
})

test('a member that takes a request and says nothing is given up after the response time-out, if there is one', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), { responseHeaderTimeoutMs: 50 })
  await using client = await connectRaw(front.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(await client.until('sent=true'), /^HTTP\/1\.1 504 [^]*response-timeout/)
  assert.equal(await (await origin.peer(0)).over, 'ended')
})

test('a draining member loses its idle connections at once and is asked to close the others', async () => {
  let answer = (): void => {}
  await using origin = await startRawOrigin((peer, number) => {
    peer.socket.on('data', () => {
      if (number === 0) peer.send(ok)
      else answer = () => peer.send(ok)
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  front.forwarder.closeIdle('web@test|1')
  assert.equal(await (await origin.peer(0)).over, 'ended')

  const inFlight = ask(front, 1)
  const second = await origin.peer(1)
  assert.match(await second.until('\r\n\r\n'), /\r\nConnection: close\r\n/)
  answer()
  assert.equal(await inFlight, 'settled')
  assert.equal(await second.over, 'ended')
})

test('a connection in use when draining begins is not kept', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  const inFlight = ask(front, 0)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  front.forwarder.closeIdle('web@test|1')
  member.send(ok)
  assert.equal(await inFlight, 'settled')
  assert.equal(await member.over, 'ended')
})

test('a member that stops draining keeps connections again', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.forwarder.closeIdle('web@test|1')
  front.forwarder.reopen('web@test|1')
  await ask(front, 0)
  await ask(front, 1)
  assert.equal(origin.peers.length, 1)
})

test('a removed member loses its idle connections', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  front.forwarder.remove('web@test|1')
  assert.equal(await (await origin.peer(0)).over, 'ended')
})

test('a member whose address changed never gets a connection to the old one', async () => {
  await using before = await startAnsweringOrigin(ok)
  await using after = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(before.port))
  await ask(front, 0)
  front.member = memberAt(after.port)
  await ask(front, 1)
  assert.equal(await (await before.peer(0)).over, 'ended')
  assert.equal(after.peers.length, 1)
})

test('members with one address and different keys share no connection', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await ask(front, 0)
  front.member = memberAt(origin.port, { key: 'api@test|1' })
  await ask(front, 1)
  assert.equal(origin.peers.length, 2)
})

test('disposing of the forwarder breaks off what is in flight', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  await front.forwarder[Symbol.asyncDispose]()
  assert.equal(await member.over, 'ended')
  assert.equal(codeOf(await front.outcome(0)), 'reset')
  await client.until('reset')
})

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
