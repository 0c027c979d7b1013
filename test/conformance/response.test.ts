// What a hostile member answers (S12 and bar L14): a 502 or a visibly cut answer, never a clean end, and its connection gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { always, ok } from './recording-member.ts'
import { farewell, openStage, readAnswers, request, statuses } from './stage.ts'

const stage = await openStage()
const { member } = stage
const get = request('GET /')

/** Heads no reader may take two ways. */
const refused: Readonly<Record<string, string>> = {
  'length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'chunks and length': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'two equal lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
  'a list of lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello',
  'a signed length': 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
  'a negative length': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello',
  'a hexadecimal length': 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello',
  'an empty length': 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n',
  'a length past all numbers': 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n',
  'an unknown coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  'a coding before chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  'a coding after chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  'two codings': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'chunks in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/0.9': '<html>hello</html>',
  'HTTP/2': 'HTTP/2 200 OK\r\n\r\n',
  'HTTP/1.2': 'HTTP/1.2 200 OK\r\n\r\n',
  'a version in lower case': 'http/1.1 200 OK\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'a status below 100': 'HTTP/1.1 099 OK\r\n\r\n',
  'a status with a sign': 'HTTP/1.1 +20 OK\r\n\r\n',
  'no status': 'HTTP/1.1  OK\r\n\r\n',
  'a tab in the status line': 'HTTP/1.1\t200 OK\r\n\r\n',
  'two spaces in the status line': 'HTTP/1.1  200 OK\r\n\r\n',
  'a NUL in the reason': 'HTTP/1.1 200 O\x00K\r\n\r\n',
  'an empty line first': `\r\n${ok('x')}`,
  'bare line feeds': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
  'a bare line feed as the end of the head': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n',
  'a bare carriage return': 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n',
  'a bare carriage return as the end of the head': 'HTTP/1.1 200 OK\r\nX: a\r\n\rX: b\r\n\r\n',
  'a NUL in a value': 'HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n',
  'a control character in a value': 'HTTP/1.1 200 OK\r\nX: a\x0bb\r\n\r\n',
  'a folded line': 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n',
  'a line that begins with a space': 'HTTP/1.1 200 OK\r\n X: a\r\n\r\n',
  'a space before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
  'an empty name': 'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
  'a name past ASCII': 'HTTP/1.1 200 OK\r\nX\xe9: x\r\n\r\n',
  'a line without a colon': 'HTTP/1.1 200 OK\r\nX\r\n\r\n',
  'a head of 70 KB': `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
  'a head of 70 KB in many fields': `HTTP/1.1 200 OK\r\n${`X: ${'x'.repeat(700)}\r\n`.repeat(100)}\r\n`,
  'a status line of 1 MB': `HTTP/1.1 200 ${'x'.repeat(1_000_000)}`,
  '501 fields': `HTTP/1.1 200 OK\r\n${'X: 1\r\n'.repeat(501)}\r\n`,
  'interim answers without end': 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000),
  'early hints without end': 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000),
  'an interim answer with a bad field': `HTTP/1.1 103 Early Hints\r\nX : y\r\n\r\n${ok('x')}`,
  'another protocol unasked':
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nrubbish',
  nothing: '',
}

for (const [what, bytes] of Object.entries(refused)) {
  test(`S12: ${what} is no answer: 502, the connection destroyed, the next request clean`, async () => {
    member.answering = ({ number, peer }) => {
      if (number > 0) return ok('clean')
      if (bytes === '') peer.socket.end()
      return bytes
    }
    const client = await stage.client(get + farewell)
    const heard = readAnswers(await client.all()).filter(({ status }) => status >= 200)
    assert.deepEqual(
      heard.map(({ status, body }) => [status, body]),
      [
        [502, 'Bad Gateway'],
        [200, 'clean'],
      ],
    )
    assert.equal(member.peers.length, 2)
    await (
      await member.peer(0)
    ).over
  })
}

const badChunks: Readonly<Record<string, string>> = {
  'no size': '\r\nabc\r\n',
  'a signed size': '+3\r\nabc\r\n',
  'a prefixed size': '0x3\r\nabc\r\n',
  'an underscore in its size': '0_3\r\nabc\r\n',
  'a blank behind its size': '3 \r\nabc\r\n',
  'a blank before its size': ' 3\r\nabc\r\n',
  'a size past all numbers': '10000000000000003\r\nabc\r\n',
  'a size that ends in a line feed': '3\nabc\r\n',
  'a size that ends in a carriage return': '3\rabc\r\n',
  'a size that ends in two': '3\r\r\nabc\r\n',
  'data longer than its size': '3\r\nabcd\r\n',
  'data shorter than its size': '4\r\nabc\r\n0\r\n\r\n',
  'data that ends in a line feed': '3\r\nabc\n0\r\n\r\n',
  'a line feed in an extension': '3;a\nb\r\nabc\r\n',
  'a carriage return in an extension': '3;a\rb\r\nabc\r\n',
  'extensions without end': `3;${'x'.repeat(20_000)}`,
  'extensions without end, in many chunks': `1;${'x'.repeat(1000)}\r\na\r\n`.repeat(40),
  'trailers without end': `0\r\nX: ${'x'.repeat(20_000)}`,
  'many trailers': `0\r\n${'X: y\r\n'.repeat(200)}\r\n`,
  'a bad trailer': '0\r\nX : y\r\n\r\n',
  'a folded trailer': '0\r\nX: y\r\n z\r\n\r\n',
  'a trailer that ends in a line feed': '0\r\nX: y\n\r\n',
}

const begun = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n'

for (const [what, chunk] of Object.entries(badChunks)) {
  for (const version of ['1.1', '1.0']) {
    test(`S12: a chunk with ${what} cuts the answer to an HTTP/${version} client that has read half of it`, async () => {
      member.answering = always(begun)
      const client = await stage.client(request(`GET / HTTP/${version}`))
      await client.until('first')
      const upstream = await member.peer(0)
      upstream.send(chunk)
      const [answer] = readAnswers(await client.all())
      assert.ok(answer?.complete === false || (await client.over) === 'reset', client.received)
      await upstream.over
    })

    test(`S12: a chunk with ${what}, all at once, is no answer to an HTTP/${version} client`, async () => {
      member.answering = always(begun + chunk)
      const { answers, over } = await stage.say(request(`GET / HTTP/${version}`))
      assert.ok(answers[0] === undefined || !answers[0].complete || over === 'reset', JSON.stringify(answers))
    })
  }
}

const wholes: Readonly<Record<string, string>> = {
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n3;e\r\ndef\r\n0\r\nT: t\r\n\r\n',
  length: 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX: y\r\n\r\nabcdef',
  'interim first': 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef',
}

for (const [framing, whole] of Object.entries(wholes)) {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    test(`S12: a member that leaves (${how}) at any byte of its answer (${framing}) never makes it look whole`, async () => {
      for (let length = 0; length < whole.length; length++) {
        member.answering = ({ peer }) => void peer.socket.write(whole.slice(0, length), () => peer.socket[how]())
        const heard = await stage.say(farewell)
        const last = heard.answers.at(-1)
        assert.ok(last?.status === 502 || last?.complete === false, `${length}: ${heard.text}`)
        member.forget()
      }
    })
  }
}

test('S12: bytes behind an answer are no answer to anything', async () => {
  for (const first of [
    ok('ok') + ok('evil'),
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n${ok('evil')}`,
    `HTTP/1.1 304 Not Modified\r\nETag: ok\r\n\r\n${ok('evil')}`,
    `HTTP/1.1 204 No Content\r\n\r\n${ok('evil')}`,
  ]) {
    member.answering = ({ number }) => (number === 0 ? first : ok('next'))
    const heard = await stage.say(get + farewell)
    assert.equal(heard.answers.length, 2)
    assert.equal(heard.answers[1]?.body, 'next')
    assert.doesNotMatch(heard.text, /evil/)
    assert.equal(member.peers.length, 2)
    member.forget()
  }
})

test('S12: a body behind the answer to HEAD is no answer to the next request', async () => {
  member.answering = ({ request: { method } }) => ok(method === 'HEAD' ? ok('evil') : 'next')
  const heard = await stage.say(request('HEAD /') + farewell, { methods: ['HEAD'] })
  assert.deepEqual(statuses(heard), [200, 200])
  assert.equal(heard.answers[1]?.body, 'next')
})

test('S12: an answer given before anything was asked is no answer', async () => {
  await stage.say(farewell)
  const idle = await member.peer(0)
  idle.send(ok('evil'))
  assert.equal(await idle.over, 'ended')
  assert.equal((await stage.say(farewell)).answers[0]?.body, 'GET /farewell app.local')
})

test('S12: a compressed answer passes as the bytes it is', async () => {
  const bytes = `\x1f\x8b\x08${'\x00\xff'.repeat(5000)}`
  member.answering = always(ok(bytes, 'Content-Encoding: gzip\r\n'))
  assert.equal((await stage.say(farewell)).answers[0]?.body, bytes)
})
