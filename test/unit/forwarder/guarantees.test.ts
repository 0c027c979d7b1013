// What a hop holds itself to, whatever the rest of Muster and the member do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAnsweringOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

for (const [what, add] of Object.entries({
  'a name': ['X-A: 1\r\nX-B', '2'],
  'a name with a colon': ['X-A: 1, X-B', '2'],
  'an empty name': ['', '2'],
  'a value with a bare line feed': ['X-A', '1\nX-B: 2'],
  'a value past latin1': ['X-A', '\u010d\u010aX-B: 2'],
})) {
  test(`${what} that could become another field is a bug that reaches no member`, async () => {
    await using origin = await startAnsweringOrigin(ok)
    await using front = await startFront(memberAt(origin.port))
    front.prepare = (exchange) => exchange.fields.push(...add)
    await using client = await connectRaw(front.port, get)
    assert.equal(await client.all(), '')
    assert.match(codeOf(await front.outcome(0)), /token|control characters/)
    assert.equal(origin.peers.length, 0)
  })
}

test('a file name in raw UTF-8 passes byte for byte, whatever stands before it', async () => {
  const disposition = `Content-Disposition: attachment; filename="${Buffer.from('žluťoučký.txt').toString('latin1')}"`
  await using origin = await startAnsweringOrigin(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${disposition}\r\n\r\nok`)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  const answer = await client.until('ok')
  assert.ok(answer.includes(`${disposition}\r\n`))
  assert.match(answer, /\r\nContent-Length: 2\r\n/)
})

test('an answer that the member breaks off is an error of its, though the client was told 200', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => {
      peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      peer.socket.end()
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  await client.all()
  assert.equal(await front.outcome(0), 'settled')
  assert.equal(front.member.row.errors, 1)
})

test('a member that halts in the middle of an answer is given up after the idle time-out of bodies, if there is one', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
  })
  await using front = await startFront(memberAt(origin.port), { bodyIdleTimeoutMs: 1 })
  await using client = await connectRaw(front.port, get)
  assert.match(await client.all(), /half$/)
  assert.equal(front.member.row.errors, 1)
})
