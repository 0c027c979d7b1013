// Part 2.1 of the list: how a request's end is found. Two readers that disagree on it are a smuggled request.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { farewell, openStage, readAnswers, request, smuggled, statuses } from './stage.ts'

const stage = await openStage()
const { member } = stage

const chunk = '3\r\nabc\r\n0\r\n\r\n'
const inner = 'GET /secret HTTP/1.1\r\nHost: a\r\n\r\n'
const chunked = ['Transfer-Encoding: chunked']

for (const method of ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'PUT', 'POST', 'TRACE', 'PROPFIND', 'REPORT']) {
  const row = method === 'DELETE' ? 'S1' : 'S2'
  const size = inner.length.toString(16)

  test(`${row}: a chunked ${method} is one request to the member, still chunked, with its body`, async () => {
    const body = `${size}\r\n${inner}\r\n0\r\n\r\n`
    const heard = await stage.say(request(`${method} /x`, chunked, body) + farewell, { methods: [method] })
    assert.deepEqual(statuses(heard), [200, 200])
    assert.deepEqual(targets(), [`${method} /x`, 'GET /farewell'])
    const [seen] = member.requests
    assert.deepEqual([seen?.framing, seen?.body], ['chunked', inner])
  })

  test(`${row}: a ${method} with a length is one request to the member, with that length and its body`, async () => {
    const heard = await stage.say(request(`${method} /x`, [`Content-Length: ${inner.length}`], inner) + farewell, {
      methods: [method],
    })
    assert.deepEqual(statuses(heard), [200, 200])
    assert.deepEqual(targets(), [`${method} /x`, 'GET /farewell'])
    const [seen] = member.requests
    assert.deepEqual([seen?.framing, seen?.body], ['length', inner])
  })

  test(`S2: bytes behind a ${method} without framing are a request of their own, never its body`, async () => {
    const heard = await stage.say(request(`${method} /x`) + inner + farewell, { methods: [method] })
    assert.deepEqual(statuses(heard), [200, 200, 200])
    assert.deepEqual(targets(), [`${method} /x`, 'GET /secret', 'GET /farewell'])
    assert.deepEqual(
      member.requests.map(({ framing }) => framing),
      ['none', 'none', 'none'],
    )
  })
}

const filler = Array.from({ length: 1100 }, (_, i) => `X-${i}: a`)

/** Row, what, bytes, status. Nothing of it reaches a member, and nothing behind it is served. */
const refused: readonly (readonly [row: string, what: string, bytes: string, status: number])[] = [
  ['S3', '1,100 fields that hide a Transfer-Encoding', request('GET /', [...filler, ...chunked], chunk), 431],
  ['S3', '201 fields', request('GET /', filler.slice(0, 200)), 431],
  ['S3', 'a head past 64 KiB that hides one', request('GET /', [`A: ${'b'.repeat(70_000)}`, ...chunked], chunk), 431],
  ...[
    ',chunked',
    'chunked,',
    'gzip, chunked',
    'chunked, identity',
    'chunked, chunked',
    'identity',
    'xchunked',
    'chunkedx',
    'chunked;q=1',
    '"chunked"',
    '\x0bchunked',
    'chun\x00ked',
    '',
  ].map((value) => te(`Transfer-Encoding: ${value}`)),
  te('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
  te('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'),
  te('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'),
  te('Transfer-Encoding : chunked'),
  te('Transfer-Encoding\t: chunked'),
  te(' Transfer-Encoding: chunked'),
  te('Transfer-Encoding:\r\n chunked'),
  te('A: b\r\n Transfer-Encoding: chunked'),
  te('Transfer-Encoding: chunked\r\n , identity'),
  ['S5', 'Content-Length before chunks', request('POST /', ['Content-Length: 3', ...chunked], chunk), 400],
  ['S5', 'Content-Length after chunks', request('POST /', [...chunked, 'Content-Length: 3'], chunk), 400],
  ['S5', 'Content-Length: 0 beside chunks', request('POST /', ['Content-Length: 0', ...chunked], chunk), 400],
  ['S5', 'a length beside chunks on GET', request('GET /', ['Content-Length: 3', ...chunked], chunk), 400],
  ...[
    '',
    ' ',
    '1 2',
    '+1',
    '-1',
    '0x10',
    '1,1',
    '3, 3',
    '010',
    '00',
    '3.0',
    '3e0',
    '\xb3',
    '3;',
    '9007199254740993',
  ].map((value) => cl(`Content-Length: ${value}`)),
  cl(`Content-Length: ${'9'.repeat(40)}`),
  cl('Content-Length: 3\r\nContent-Length: 3'),
  cl('Content-Length: 3\r\nContent-Length: 0'),
  cl(' Content-Length: 3'),
  cl('Content-Length : 3'),
  cl('Content-Length:\r\n 3'),
  cl('A: b\r\n\tContent-Length: 3'),
  [
    'S8',
    'a bare CR and one byte as the end of the head',
    'GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n\rZGET /evil: HTTP/1.1\r\n\r\n',
    400,
  ],
  ['S8', 'a bare CR inside a value', request('GET /', ['A: 1\rB: 2']), 400],
  ['S8', 'a bare CR behind a value', request('GET /', ['A: 1\r']), 400],
  ['S8', 'a bare CR in the request line', 'GET / HTTP/1.1\rHost: a\r\n\r\n', 400],
  ['S8', 'bare LFs', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['S8', 'one bare LF between fields', 'GET / HTTP/1.1\r\nHost: a\nA: 1\r\n\r\n', 400],
  ['S8', 'a bare LF as the end of the head', 'GET / HTTP/1.1\r\nHost: a\r\n\n', 400],
  ['S8', 'a NUL in a value', request('GET /', ['A: \x00']), 400],
  ['S8', 'a NUL in a name', request('GET /', ['A\x00: 1']), 400],
  ['S8', 'a folded field', request('GET /', ['A: 1\r\n b']), 400],
  ['S8', 'a space before the colon', request('GET /', ['A : 1']), 400],
  ['S8', 'an empty field name', request('GET /', [': 1']), 400],
  ['S8', 'a line without a colon', request('GET /', ['A']), 400],
  ['S9', 'chunks on HTTP/1.0', request('POST / HTTP/1.0', chunked, '0\r\n\r\n'), 400],
  [
    'S9',
    'chunks on HTTP/1.0 kept alive',
    request('POST / HTTP/1.0', ['Connection: keep-alive', ...chunked], chunk),
    400,
  ],
  ['S10', 'CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 501],
  ['S10', 'CONNECT with a path', 'CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n', 501],
]

function te(line: string): [string, string, string, number] {
  return [
    'S4',
    `${JSON.stringify(line)}, which is not exactly "Transfer-Encoding: chunked",`,
    request('POST /', [line], chunk),
    400,
  ]
}

function cl(line: string): [string, string, string, number] {
  return ['S6', JSON.stringify(line), request('POST /', [line], 'abcabcabca'), 400]
}

for (const [row, what, bytes, status] of refused) {
  test(`${row}: ${what} is refused with ${status}, the connection closed, nothing behind it served`, async () => {
    const { answers, over } = await stage.say(bytes + smuggled)
    assert.deepEqual(
      answers.map((answer) => [answer.status, answer.fields.find(([name]) => name === 'Connection')?.[1]]),
      [[status, 'close']],
    )
    assert.equal(over, 'ended')
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
    assert.deepEqual(targets(), ['GET /farewell'])
  })

  test(`${row}: ${what} behind a good request takes nothing but that one's answer`, async () => {
    const client = await stage.client(request('GET /good'))
    await client.until('/good app.local')
    client.send(bytes + smuggled)
    const seen = await client.all()
    assert.match(seen, new RegExp(`/good app.localHTTP/1.1 ${status} `))
    assert.deepEqual(targets(), ['GET /good'])
  })
}

/** Handed on as far as its head, but never to an end. */
const badChunks: Readonly<Record<string, string>> = {
  'an underscore in its size': '0_2e\r\n',
  'a sign in its size': '+1\r\na\r\n0\r\n\r\n',
  'a signed hexadecimal size': '-0x0\r\n\r\n',
  'two CRs behind its size': '1\r\r;a\r\n',
  'a blank before its size': ' 0\r\n\r\n',
  'a blank behind its size': '1 \r\na\r\n0\r\n\r\n',
  'no digits in its size': 'Z\r\n\r\n',
  'no size': '\r\n\r\n',
  'a size past all numbers': '10000000000000003\r\nabc\r\n0\r\n\r\n',
  'a bare LF behind its size': '1\na\r\n0\r\n\r\n',
  'a bare CR behind its size': '1\ra\r\n0\r\n\r\n',
  'data longer than its size': 'a\r\n0123456789\n0\r\n\r\n',
  'data longer than its size by one byte': '3\r\nabcd\r\n0\r\n\r\n',
  'data that ends in a bare LF': '3\r\nabc\n0\r\n\r\n',
  'an LF in an extension': '1;a\nb\r\nx\r\n0\r\n\r\n',
  'a bare CR in an extension': '1;a\rb\r\nx\r\n0\r\n\r\n',
  'a NUL in an extension': '1;a\x00b\r\nx\r\n0\r\n\r\n',
  'a bare LF as its end': '3\r\nabc\r\n0\r\n\n',
  'a bad trailer': '0\r\nX : y\r\n\r\n',
  'a folded trailer': '0\r\nX: y\r\n z\r\n\r\n',
  'a trailer that ends in a bare LF': '0\r\nX: y\n\r\n',
}

for (const [what, body] of Object.entries(badChunks)) {
  test(`S7: a chunk with ${what} never becomes a whole request, nor does what follows it`, async () => {
    const { answers, over } = await stage.say(request('POST /chunks', chunked, body) + smuggled)
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400],
    )
    assert.equal(over, 'ended')
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
    assert.deepEqual(targets(), ['GET /farewell'])
  })

  test(`S7: a chunk with ${what} behind a good chunk takes the member's connection along`, async () => {
    const client = await stage.client(request('POST /chunks', chunked, '4\r\ngood\r\n'))
    const upstream = await member.peer(0)
    await upstream.until('good')
    client.send(body + smuggled)
    await client.over
    await upstream.over
    assert.deepEqual(targets(), [])
    assert.doesNotMatch(upstream.received, /\r\n0\r\n/)
  })
}

test('S10: CONNECT behind an answer under way ends the connection, and its refusal is no answer to anything', async () => {
  const held = Promise.withResolvers<void>()
  member.answering = () => {
    held.resolve()
    return undefined
  }
  const client = await stage.client(`${request('GET /good')}CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n${smuggled}`)
  assert.equal(await client.all(), '')
  await stage.say(request('GET /x', ['Content-Length: 010']))
  assert.doesNotMatch(member.requests.map(({ target }) => target).join(), /smuggled/)
})

test('S11: after an answer given before the request was whole, the member connection serves nobody else', async () => {
  const megabyte = 'x'.repeat(1024 * 1024)
  const client = await stage.client(request('POST /big', [`Content-Length: ${megabyte.length + 5}`], 'first'))
  const first = await member.peer(0)
  await first.until('first')
  first.send('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno')
  await client.until('\r\n\r\nno')
  await first.over
  client.send(megabyte + farewell)
  assert.match(await client.all(), /^HTTP\/1\.1 413 [^]*\r\n\r\nnoHTTP\/1\.1 200 /)
  assert.deepEqual(targets(), ['GET /farewell'])
  assert.equal(member.peers.length, 2)
  assert.match(first.received, /\r\n\r\nfirst$/)
})

test('S11: an answer to half a chunked body leaves nothing that could become the next request', async () => {
  const client = await stage.client(request('POST /big', chunked, '5\r\nfirst\r\n'))
  const first = await member.peer(0)
  await first.until('first')
  first.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  await client.until('\r\n\r\nok')
  await first.over
  client.send(`${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n${farewell}`)
  assert.deepEqual(statuses({ answers: readAnswers(await client.all()) }), [200, 200])
  assert.deepEqual(targets(), ['GET /farewell'])
  assert.doesNotMatch(first.received, /secret/)
})

const lyingMembers: Readonly<Record<string, string>> = {
  'Content-Length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'two equal lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
  'a bad status line': 'HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n',
}

for (const [what, answer] of Object.entries(lyingMembers)) {
  test(`S12: a member that answers with ${what} is a 502, and its connection is destroyed`, async () => {
    member.answering = () => answer
    const client = await stage.client(request('GET /lie'))
    await client.until('Bad Gateway')
    const first = await member.peer(0)
    await first.over
    member.answering = ({ request: { target } }) =>
      `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`
    client.send(farewell)
    assert.match(await client.all(), /^HTTP\/1\.1 502 [^]*HTTP\/1\.1 200 [^]*\/farewell$/)
    assert.equal(member.peers.length, 2)
  })
}

test('S13: a request behind one with Content-Length: 0 is routed on its own', async () => {
  const heard = await stage.say(
    request('POST /first', ['Host: a.local', 'Content-Length: 0']) +
      request('GET /second', ['Host: b.local', 'Connection: close']),
  )
  assert.deepEqual(
    heard.answers.map(({ body }) => body),
    ['POST /first a.local', 'GET /second b.local'],
  )
  assert.deepEqual(
    member.requests.map(({ framing, body }) => [framing, body]),
    [
      ['length', ''],
      ['none', ''],
    ],
  )
})

test('S13: pipelined requests are sent one after the other and answered in order', async () => {
  const underWay: number[] = []
  let open = 0
  member.answering = ({ request: { target }, peer }) => {
    underWay.push(++open)
    setImmediate(() => {
      open--
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`)
    })
    return undefined
  }
  const paths = Array.from({ length: 20 }, (_, i) => `/${i}`)
  const heard = await stage.say(
    paths.map((path) => request(`POST ${path}`, ['Content-Length: 1'], 'x')).join('') + farewell,
  )
  assert.deepEqual(
    heard.answers.map(({ body }) => body),
    [...paths, '/farewell'],
  )
  assert.deepEqual(
    underWay,
    underWay.map(() => 1),
  )
})

test('S13: what stands behind Connection: close is not served', async () => {
  const heard = await stage.say(farewell + smuggled)
  assert.deepEqual(
    heard.answers.map(({ body }) => body),
    ['GET /farewell app.local'],
  )
  assert.deepEqual(targets(), ['GET /farewell'])
})

test('S13: thousands of pipelined requests end the connection and occupy one member connection', async () => {
  member.answering = () => undefined
  const client = await stage.client(request('GET /many').repeat(3000))
  await client.over
  assert.ok(member.requests.length <= 1, `${member.requests.length} requests`)
})

test('S13: garbage behind a whole request does not take its answer', async () => {
  const heard = await stage.say(`${request('GET /good')}\x00garbage`)
  assert.deepEqual(
    heard.answers.map(({ body }) => body),
    ['GET /good app.local'],
  )
})

test('S13: a broken body behind a whole request does not take its answer', async () => {
  const heard = await stage.say(request('GET /good') + request('POST /broken', chunked, 'Z\r\n'))
  assert.equal(heard.answers[0]?.body, 'GET /good app.local')
  assert.deepEqual(targets(), ['GET /good'])
})

function targets(): string[] {
  return member.requests.map(({ method, target }) => `${method} ${target}`)
}
