// How many connections a member gets at a time, and what becomes of the requests that find none free.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('requests past the limit wait in the order they came, and get the connection that becomes free', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), { maxConnsPerMember: 1 })
  await using first = await connectRaw(front.port, get('/1'))
  const member = await origin.peer(0)
  await member.until('GET /1 ')
  let arrived = Promise.withResolvers<void>()
  front.prepare = () => arrived.resolve()
  await using second = await connectRaw(front.port, get('/2'))
  await arrived.promise
  arrived = Promise.withResolvers<void>()
  await using third = await connectRaw(front.port, get('/3'))
  await arrived.promise
  member.send(ok)
  await first.until('ok')
  assert.doesNotMatch(await member.until('GET /2 '), /GET \/3 /)
  member.send(ok)
  await second.until('ok')
  await member.until('GET /3 ')
  member.send(ok)
  await third.until('ok')
  assert.equal(origin.peers.length, 1)
})

test('when the connection is lost, whoever is next makes a new one', async () => {
  await using origin = await startRawOrigin((peer, number) => {
    if (number > 0) peer.socket.on('data', () => peer.send(ok))
  })
  await using front = await startFront(memberAt(origin.port), { maxConnsPerMember: 1 })
  await using first = await connectRaw(front.port, get('/1'))
  await (await origin.peer(0)).until('GET /1 ')
  const arrived = Promise.withResolvers<void>()
  front.prepare = () => arrived.resolve()
  await using second = await connectRaw(front.port, get('/2'))
  await arrived.promise
  origin.peers[0]?.socket.destroy()
  await first.until('reset')
  await second.until('ok')
  assert.equal(origin.peers.length, 2)
})

test('a dial that fails gives its place to the next', async () => {
  await using origin = await startRawOrigin()
  const { port } = origin
  await origin[Symbol.asyncDispose]()
  await using front = await startFront(memberAt(port), { maxConnsPerMember: 1 })
  await using client = await connectRaw(front.port, get('/1') + get('/2') + get('/3'))
  const answers = await client.until('refused sent=false')
  assert.match(answers, /502/)
  for (const number of [0, 1, 2]) assert.equal(codeOf(await front.outcome(number)), 'refused')
})

test('a client that leaves the line takes nobody else along', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), { maxConnsPerMember: 1, maxWaitingPerMember: 1 })
  await using first = await connectRaw(front.port, get('/1'))
  const member = await origin.peer(0)
  await member.until('GET /1 ')
  let arrived = Promise.withResolvers<void>()
  front.prepare = () => arrived.resolve()
  await using impatient = await connectRaw(front.port, get('/2'))
  await arrived.promise
  impatient.socket.destroy()
  assert.equal(codeOf(await front.outcome(0)), 'client-gone')
  arrived = Promise.withResolvers<void>()
  await using third = await connectRaw(front.port, get('/3'))
  await arrived.promise
  member.send(ok)
  await first.until('ok')
  assert.doesNotMatch(await member.until('GET /3 '), /GET \/2 /)
  member.send(ok)
  await third.until('ok')
})

test('a request that finds the line full is told so at once, and one that waits too long as well', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), {
    maxConnsPerMember: 1,
    maxWaitingPerMember: 1,
    memberQueueTimeoutMs: 50,
  })
  await using _first = await connectRaw(front.port, get('/1'))
  await (await origin.peer(0)).until('GET /1 ')
  await using second = await connectRaw(front.port, get('/2'))
  await using third = await connectRaw(front.port, get('/3'))
  for (const client of [second, third]) assert.match(await client.until('sent=false'), /^HTTP\/1\.1 503 [^]*busy/)
  assert.equal(origin.peers.length, 1)
})

test('those who wait for a member that is removed are free to go elsewhere', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port), { maxConnsPerMember: 1 })
  await using _first = await connectRaw(front.port, get('/1'))
  await (await origin.peer(0)).until('GET /1 ')
  const arrived = Promise.withResolvers<void>()
  front.prepare = () => arrived.resolve()
  await using second = await connectRaw(front.port, get('/2'))
  await arrived.promise
  front.forwarder.remove('web@test|1')
  assert.match(await second.until('sent=false'), /^HTTP\/1\.1 502 [^]*unreachable/)
})
