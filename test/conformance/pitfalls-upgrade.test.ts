// Part 3.2 of the list, row 9: which upgrades become a tunnel, and what the others become.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { always, ok } from './recording-member.ts'
import { farewell, fieldOf, openStage, readAnswers, request, smuggled, statuses } from './stage.ts'
import { openTunnel, switching, upgrade } from './tunnel.ts'

const stage = await openStage()
const { member } = stage

const others: Readonly<Record<string, string>> = {
  'to h2c': request('GET /x', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']),
  'to TLS': request('OPTIONS /x', ['Connection: Upgrade', 'Upgrade: TLS/1.0']),
  'to anything': request('GET /x', ['Connection: Upgrade', 'Upgrade: foo']),
  'to a list with WebSocket in it': request('GET /x', ['Connection: Upgrade', 'Upgrade: h2c, websocket']),
  'in two lines': request('GET /x', ['Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c']),
  'by POST': request('POST /x', ['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 0']),
  'with a body': request('GET /x', ['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 3'], 'abc'),
  'with chunks': request(
    'GET /x',
    ['Connection: Upgrade', 'Upgrade: websocket', 'Transfer-Encoding: chunked'],
    '0\r\n\r\n',
  ),
  'on HTTP/1.0': request('GET /x HTTP/1.0', ['Connection: Upgrade', 'Upgrade: websocket']),
  'without Connection': request('GET /x', ['Upgrade: websocket']),
}

for (const [what, bytes] of Object.entries(others)) {
  test(`P9: an upgrade ${what} is an ordinary request without Upgrade, and opens no tunnel`, async () => {
    const { answers } = await stage.say(bytes + farewell)
    assert.equal(answers[0]?.status, 200)
    const [seen] = member.requests
    assert.ok(seen)
    assert.equal(seen.target, '/x')
    assert.deepEqual([fieldOf(seen, 'Upgrade'), fieldOf(seen, 'HTTP2-Settings')], [undefined, undefined])
    assert.ok(member.requests.length <= 2)
  })

  test(`P9: a member that answers 101 to an upgrade ${what} gets no tunnel`, async () => {
    member.answering = always(`${switching}rubbish`)
    const client = await stage.client(bytes)
    assert.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 502 /)
    await (
      await member.peer(0)
    ).over
  })
}

test('P9: an upgrade to WebSocket becomes a tunnel; the bytes behind either head are its first', async () => {
  member.answering = always(`${switching}from-member`)
  const client = await stage.client(`${upgrade}from-client`)
  assert.match(await client.until('from-member'), /^HTTP\/1\.1 101 [^]*\r\n\r\nfrom-member$/)
  const upstream = await member.peer(0)
  assert.match(await upstream.until('from-client'), /\r\n\r\nfrom-client$/)
})

test('P9: what goes through a tunnel is never read as a request, nor as an answer', async () => {
  const { client, upstream } = await openTunnel(stage)
  client.send(smuggled)
  await upstream.until('/smuggled')
  upstream.send(ok('evil'))
  assert.match(await client.until('evil'), /\r\n\r\nHTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\nevil$/)
  client.socket.end()
  upstream.socket.end()
  await client.over
})

test('P9: an answer other than 101 is relayed whole, and the connection closed behind it', async () => {
  for (const answer of [
    'HTTP/1.1 403 No\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nbody',
    'HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n',
    'HTTP/1.1 403 No\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 4\r\n\r\nbody',
  ]) {
    member.answering = always(answer)
    const client = await stage.client(upgrade)
    const [heard, ...more] = readAnswers(await client.all())
    assert.deepEqual([heard?.status, heard?.body, more.length], [403, 'body', 0])
    assert.equal(fieldOf(heard ?? assert.fail(), 'Connection'), 'close')
    member.forget()
  }
})

test('P9: behind an upgrade that was refused nothing the client sent is served', async () => {
  member.answering = always('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n')
  assert.deepEqual(statuses(await stage.say(upgrade + smuggled)), [426])
  assert.equal(member.requests.filter(({ target }) => target === '/smuggled').length, 0)
})

const fake: Readonly<Record<string, string>> = {
  'to another protocol': 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nrubbish',
  'to nothing': 'HTTP/1.1 101 Switching Protocols\r\n\r\nrubbish',
  'with a length': switching.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\nhello'),
  'with chunks': switching.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'),
}

for (const [what, answer] of Object.entries(fake)) {
  test(`P9: a 101 ${what} is no 101 with that framing to the client`, async () => {
    member.answering = always(answer)
    const client = await stage.client(upgrade)
    const heard = await client.until('\r\n\r\n')
    assert.match(heard, /^HTTP\/1\.1 (?:502|101) /)
    assert.doesNotMatch(heard, /h2c|transfer-encoding: chunked|content-length: 5/i)
    if (!answer.startsWith(switching.slice(0, 60))) assert.match(heard, /^HTTP\/1\.1 502 /)
  })
}

test('P9: an upgrade pipelined behind another request is an ordinary one', async () => {
  const { answers } = await stage.say(request('GET /first') + upgrade)
  assert.deepEqual(statuses({ answers }), [200, 200])
  assert.ok(member.requests.every((seen) => fieldOf(seen, 'Upgrade') === undefined))
})
