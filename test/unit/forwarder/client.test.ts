// What the client does to an exchange: leaving, answering early, uploading past an answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a client that leaves before the answer takes the connection to the member with it', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  client.socket.resetAndDestroy()
  assert.equal(await member.over, 'ended')
  assert.equal(codeOf(await front.outcome(0)), 'client-gone')
})

test('a client that leaves in the middle of the answer takes the connection to the member with it', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  await client.until('half')
  client.socket.destroy()
  assert.equal(await (await origin.peer(0)).over, 'ended')
  assert.equal(await front.outcome(0), 'settled')
})

test('a client that leaves in the middle of its upload takes the connection to the member with it', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')
  const member = await origin.peer(0)
  await member.until('half')
  client.socket.destroy()
  await member.over
  assert.equal(codeOf(await front.outcome(0)), 'client-gone')
  assert.match(member.received, /\r\n\r\nhalf$/)
})

test('a client that leaves while requests are pipelined takes all of them along', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get + get + get)
  const members = await Promise.all([0, 1, 2].map((number) => origin.peer(number)))
  await Promise.all(members.map((member) => member.until('\r\n\r\n')))
  client.socket.resetAndDestroy()
  for (const number of [0, 1, 2]) {
    assert.equal(codeOf(await front.outcome(number)), 'client-gone')
    assert.equal(await members[number]?.over, 'ended')
  }
})

test('a client that leaves while the member is dialled is gone, and the connection serves the next one', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.on('data', () => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  })
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.request.destroy()
  await using gone = await connectRaw(front.port, get)
  assert.equal(codeOf(await front.outcome(0)), 'client-gone')
  assert.equal(await gone.all(), '')
  front.prepare = () => {}
  await using client = await connectRaw(front.port, get)
  await client.until('ok')
})

test('an answer before the whole request was sent passes, and the member connection is not used again', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno'))
  })
  await using front = await startFront(memberAt(origin.port))
  const megabyte = 1024 * 1024
  await using client = await connectRaw(
    front.port,
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${megabyte}\r\n\r\nfirst`,
  )
  assert.match(await client.until('no'), /^HTTP\/1\.1 413 Too Much\r\n/)
  const member = await origin.peer(0)
  assert.equal(await member.over, 'ended')
  assert.match(member.received, /\r\n\r\nfirst$/)

  // The rest is read and dropped, and the connection goes on as if nothing had been.
  client.received = ''
  client.send('x'.repeat(megabyte - 'first'.length))
  client.send(get)
  assert.match(await client.until('no'), /^HTTP\/1\.1 413 Too Much\r\n/)
  assert.match(await (await origin.peer(1)).until('\r\n\r\n'), /^GET \/ HTTP\/1\.1\r\n/)
})

test('a client that goes on and on with a body nobody wants is cut off', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno'))
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(
    front.port,
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nfirst',
  )
  await client.until('no')
  const piece = Buffer.alloc(1024 * 1024)
  for (let i = 0; i < 8; i++) client.socket.write(piece)
  await client.over
})

test('an early answer passes though the member closes behind it while the upload goes on', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => {
      // Closing with bytes unread makes the kernel reset: our next write fails before we have read the answer.
      peer.socket.write('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno', () => peer.socket.destroy())
    })
  })
  await using front = await startFront(memberAt(origin.port))
  const body = Buffer.alloc(3 * 1024 * 1024)
  for (let i = 0; i < 10; i++) {
    await using client = await connectRaw(
      front.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    client.socket.write(body)
    assert.match(await client.until('no'), /^HTTP\/1\.1 413 Too Much\r\n/)
  }
})

test('an early answer without an end of its own is cut when the member closes on the upload', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => peer.socket.destroy()))
  })
  await using front = await startFront(memberAt(origin.port))
  const body = Buffer.alloc(3 * 1024 * 1024)
  for (let i = 0; i < 10; i++) {
    await using client = await connectRaw(
      front.port,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    client.socket.write(body)
    assert.doesNotMatch(await client.all(), /\r\n0\r\n/)
    assert.equal(await front.outcome(i), 'settled')
  }
})

test('a member may answer while the request still comes in, and both go on to their end', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n'))
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  await client.until('one')
  client.send('3\r\ntwo\r\n0\r\n\r\n')
  const member = await origin.peer(0)
  await member.until('3\r\ntwo\r\n0\r\n\r\n')
  member.send('5\r\nthree\r\n0\r\n\r\n')
  await client.until('three\r\n0\r\n\r\n')
})

test('when a member fails in the middle of an upload, the client gets its answer and may ask again', async () => {
  await using origin = await startRawOrigin((peer, number) => {
    peer.socket.on('data', () => {
      if (number === 0 && peer.received.endsWith('first')) peer.socket.destroy()
      else if (number > 0) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  // More than the request's own buffer would swallow.
  const rest = 'x'.repeat(1024 * 1024)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(
    front.port,
    `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${5 + rest.length}\r\n\r\nfirst`,
  )
  assert.match(await client.until('sent=true'), /^HTTP\/1\.1 502 [^]*reset/)
  client.send(`${rest}${get}`)
  await client.until('ok')
})

test('a body that was read and not kept is not forwarded a second time, by whoever tries', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.on('data', () => {
      if (peer.received.endsWith('body')) peer.socket.destroy()
    })
  })
  await using front = await startFront(memberAt(origin.port))
  front.others = [front.member]
  await using client = await connectRaw(front.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody')
  await client.until('sent=true')
  assert.match(String(await front.outcome(0)), /its body has been read/)
  assert.equal(origin.peers.length, 1)
})

test('a request whose member refused goes to another one, body and all', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.on('data', () => {
      if (peer.received.endsWith('body')) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  await using dead = await startRawOrigin()
  await dead[Symbol.asyncDispose]()
  await using front = await startFront(memberAt(dead.port))
  front.others = [memberAt(origin.port)]
  await using client = await connectRaw(front.port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody')
  await client.until('ok')
})
