// What passes through one hop, seen as bytes on both sides.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAnsweringOrigin, startOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { codeOf, memberAt, startFront } from './front.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = 'GET / HTTP/1.1\r\nHost: app.local\r\n\r\n'

/** One request through a front to a member that gives this answer; what the client sees. */
async function answerThrough(answer: string, request = get, end = '\r\n\r\n'): Promise<string> {
  await using origin = await startAnsweringOrigin(answer)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, request)
  return await client.until(end)
}

test('a request reaches the member with target, Host and fields as they were', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  const request =
    'GET //a/%2F;x=1?q=1&q=2?3 HTTP/1.1\r\nhOST: App.local:80\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Bytes: \xe9\r\n\r\n'
  await using client = await connectRaw(front.port, request)
  await client.until('ok')
  const { received } = await origin.peer(0)
  assert.equal(
    received,
    'GET //a/%2F;x=1?q=1&q=2?3 HTTP/1.1\r\nHost: App.local:80\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Bytes: \xe9\r\n\r\n',
  )
})

test('a path middleware decides the path, and an empty one means the root', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => {
    exchange.path = ''
  }
  await using client = await connectRaw(front.port, 'GET /api?x HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until('ok')
  assert.match((await origin.peer(0)).received, /^GET \/\?x HTTP\/1\.1\r\n/)
})

test('without passHostHeader the member is called by its own address', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.passHostHeader = false
  await using client = await connectRaw(front.port, get)
  await client.until('ok')
  assert.match((await origin.peer(0)).received, new RegExp(`\r\nHost: 127\\.0\\.0\\.1:${origin.port}\r\n`))
})

for (const method of ['GET', 'DELETE', 'OPTIONS', 'HEAD', 'POST', 'PATCH']) {
  test(`the body of a ${method} is framed for the member, by chunks or by length`, async () => {
    await using origin = await startAnsweringOrigin('HTTP/1.1 204 No Content\r\n\r\n')
    await using front = await startFront(memberAt(origin.port))
    const smuggled = 'GET /secret HTTP/1.1\r\nHost: a\r\n\r\n'
    await using chunked = await connectRaw(
      front.port,
      `${method} /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    )
    await chunked.until('\r\n\r\n')
    await using fixed = await connectRaw(
      front.port,
      `${method} /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody`,
    )
    await fixed.until('\r\n\r\n')
    const requests = origin.peers.map((peer) => peer.received).join('')
    assert.ok(requests.includes(`\r\nTransfer-Encoding: chunked\r\n\r\n21\r\n${smuggled}\r\n0\r\n\r\n`), requests)
    assert.ok(requests.endsWith('\r\nContent-Length: 4\r\n\r\nbody'), requests)
  })
}

test('a request without a body is sent without framing, and one of length zero with its length', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, 'POST / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until('ok')
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')
  await client.until('ok')
  const peer = await origin.peer(0)
  await peer.until('Content-Length: 0\r\n\r\n')
  assert.equal(
    peer.received,
    'POST / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
  )
})

test('answer fields keep case, order and repeats, and ours come after them', async () => {
  await using origin = await startAnsweringOrigin(
    'HTTP/1.1 207 Much Of It\r\nset-cookie: a=1\r\nX-B: \xe9\r\nSet-Cookie: b=2\r\nDate: then\r\nContent-Length: 0\r\n\r\n',
  )
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.responseFields.push('Set-Cookie', 'sticky=1')
  await using client = await connectRaw(front.port, get)
  const seen = await client.until('\r\n\r\n')
  assert.equal(
    seen.slice(0, seen.indexOf('Connection:')),
    'HTTP/1.1 207 Much Of It\r\nset-cookie: a=1\r\nX-B: \xe9\r\nSet-Cookie: b=2\r\nDate: then\r\nContent-Length: 0\r\nSet-Cookie: sticky=1\r\n',
  )
})

test('a Date is added only where the member sent none', async () => {
  const count = (answer: string): number => answer.match(/^Date: /gim)?.length ?? 0
  assert.equal(count(await answerThrough('HTTP/1.1 200 OK\r\nContent-Length: 0\r\ndate: then\r\n\r\n')), 1)
  assert.equal(count(await answerThrough('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')), 1)
})

test('no hop-by-hop field of an answer is passed on, nor one that Connection names', async () => {
  const seen = await answerThrough(
    'HTTP/1.1 200 OK\r\nX-Secret: 1\r\nConnection: X-Secret , X-Other\r\nx-other: 2\r\nKeep-Alive: timeout=9\r\n' +
      'Proxy-Connection: keep-alive\r\nTE: trailers\r\nTrailer: X\r\nUpgrade: h2c\r\nX-Open: 3\r\nContent-Length: 0\r\n\r\n',
  )
  assert.doesNotMatch(seen, /secret|other|timeout=9|proxy-connection|\nte:|trailer|upgrade/i)
  assert.match(seen, /\r\nX-Open: 3\r\n/)
})

test('a sticky cookie of ours stays though the member names Set-Cookie in Connection', async () => {
  await using origin = await startAnsweringOrigin(
    'HTTP/1.1 200 OK\r\nConnection: set-cookie\r\nSet-Cookie: theirs=1\r\nContent-Length: 0\r\n\r\n',
  )
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.responseFields.push('Set-Cookie', 'ours=1')
  await using client = await connectRaw(front.port, get)
  const seen = await client.until('\r\n\r\n')
  assert.match(seen, /ours=1/)
  assert.doesNotMatch(seen, /theirs/)
})

test('HEAD, 204 and 304 have no body, whatever their fields say', async () => {
  const head = await answerThrough('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.match(head, /\r\nContent-Length: 5\r\n.*\r\n\r\n$/s)
  const noContent = await answerThrough('HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')
  assert.doesNotMatch(noContent, /transfer-encoding|content-length/i)
  assert.match(noContent, /^HTTP\/1\.1 204 .*\r\n\r\n$/s)
  const notModified = await answerThrough('HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n')
  assert.match(notModified, /\r\nContent-Length: 7\r\n.*\r\n\r\n$/s)
})

test('a body of unknown length reaches an HTTP/1.1 client in chunks and an HTTP/1.0 client until close', async () => {
  for (const answer of [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde',
    'HTTP/1.0 200 OK\r\n\r\nabcde',
  ]) {
    await using origin = await startRawOrigin((peer) => {
      peer.socket.once('data', () => peer.socket.end(answer))
    })
    await using front = await startFront(memberAt(origin.port))
    await using modern = await connectRaw(front.port, get)
    const chunks = await modern.until('0\r\n\r\n')
    assert.match(chunks, /\r\nTransfer-Encoding: chunked\r\n/)
    assert.match(chunks.slice(chunks.indexOf('\r\n\r\n')).replace(/\r\n[0-9a-f]+\r\n/g, ''), /abc.*de/s)
    await using old = await connectRaw(front.port, 'GET / HTTP/1.0\r\n\r\n')
    const plain = await old.all()
    assert.doesNotMatch(plain, /transfer-encoding/i)
    assert.match(plain, /\r\n\r\nabcde$/)
    assert.equal(await old.over, 'ended')
  }
})

test('trailers pass both ways, save those that could change a decision already made', async () => {
  await using origin = await startOrigin((request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(200, { Trailer: 'X-Sum' })
      response.write(JSON.stringify(request.rawTrailers))
      response.addTrailers([
        ['X-Sum', '1'],
        ['Set-Cookie', 'evil=1'],
      ])
      response.end()
    })
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(
    front.port,
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n' +
      'X-Check: 7\r\nHost: evil\r\nX_Forwarded_For: 6.6.6.6\r\nAuthorization: evil\r\n\r\n',
  )
  const seen = await client.until('\r\n0\r\nX-Sum: 1\r\n\r\n')
  assert.match(seen, /\r\nTrailer: X-Sum\r\n/)
  assert.ok(seen.includes('["X-Check","7"]'), seen)
  assert.doesNotMatch(seen, /evil/)
})

test('early hints are passed on, other interim answers are not', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x-y\r\nX-Y: 1\r\n\r\n'
  const seen = await answerThrough(
    `HTTP/1.1 100 Continue\r\n\r\n${early}HTTP/1.1 102 Processing\r\n\r\n${ok}`,
    get,
    'ok',
  )
  assert.match(seen, /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  const old = await answerThrough(early + ok, 'GET / HTTP/1.0\r\n\r\n', 'ok')
  assert.match(old, /^HTTP\/1\.1 200 OK\r\n/)
})

test('the head is passed on before a body that takes its time', async () => {
  await using origin = await startRawOrigin((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'))
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(front.port, get)
  await client.until('\r\n\r\n')
  const member = await origin.peer(0)
  member.send('5\r\nevent\r\n')
  await client.until('event')
  member.send('0\r\n\r\n')
  await client.until('\r\n0\r\n\r\n')
})

test('pipelined requests are answered in order', async () => {
  await using origin = await startOrigin((request, response) => {
    const answer = (): unknown => response.end(`<${request.url}>`)
    if (request.url === '/slow') setImmediate(() => setImmediate(answer))
    else answer()
  })
  await using front = await startFront(memberAt(origin.port))
  await using client = await connectRaw(
    front.port,
    '/slow /b /c'
      .split(' ')
      .map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      .join(''),
  )
  const seen = await client.until('</c>')
  assert.deepEqual(seen.match(/<\/\w+>/g), ['</slow>', '</b>', '</c>'])
})

test('the ledger counts the bytes of both directions, heads included', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'
  await using origin = await startAnsweringOrigin(answer)
  await using front = await startFront(memberAt(origin.port))
  const body = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
  await using client = await connectRaw(front.port, `POST / HTTP/1.1\r\nHost: a\r\n${body}`)
  await client.until('0\r\n\r\n')
  await front.outcome(0)
  assert.equal(front.member.row.from, answer.length)
  assert.equal(front.member.row.to, (await origin.peer(0)).received.length)
})

test('a field of ours that could inject a line is a bug that reaches no member', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.fields.push('X-A', '1\r\nX-B: 2')
  await using client = await connectRaw(front.port, get)
  assert.equal(await client.all(), '')
  assert.match(codeOf(await front.outcome(0)), /control characters/)
  assert.equal(origin.peers.length, 0)
})

test('an answer field of ours that could inject a line is a bug that reaches no client', async () => {
  await using origin = await startAnsweringOrigin(ok)
  await using front = await startFront(memberAt(origin.port))
  front.prepare = (exchange) => exchange.responseFields.push('X-A', '1\r\nX-B: 2')
  await using client = await connectRaw(front.port, get)
  assert.equal(await client.all(), '')
  assert.match(codeOf(await front.outcome(0)), /Invalid character/)
})
