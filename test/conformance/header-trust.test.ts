// Part 2.3 of the list: what a member may believe of its request's fields, and a client of its answer's.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { record, field } from '../unit/entrypoint/raw-client.ts'
import { RawPeer } from '../support/raw-peer.ts'
import { always } from './recording-member.ts'
import type { SeenRequest } from './recording-member.ts'
import { farewell, fieldOf, openStage, readAnswers, request, statuses } from './stage.ts'
import type { Stage } from './stage.ts'
import { valuesOf } from './strict-message.ts'

const routers = { strip: 'rule: PathPrefix(`/strip`), middlewares: [strip]' }
const options = {
  routers,
  middlewares: 'strip: { stripPrefix: { prefixes: [/strip] } }',
  balancer: 'sticky: { cookie: { name: slot } },',
}
const stage = await openStage(options)
const trusting = await openStage({ ...options, flags: ['--entrypoints.http.forwardedheaders.trustedips=127.0.0.8/31'] })

/** What the member saw of a request with these fields, sent from that address. */
async function seenBy(
  fields: readonly string[],
  { at = stage, from = '127.0.0.9', target = '/' }: { at?: Stage; from?: string; target?: string } = {},
): Promise<SeenRequest> {
  const socket = connect({ port: at.port, host: '127.0.0.1', localAddress: from })
  await once(socket, 'connect')
  await using client = new RawPeer(socket)
  const closes = fields.some((each) => /^connection:/i.test(each)) ? [] : ['Connection: close']
  client.send(request(`GET ${target}`, [...fields, ...closes]))
  assert.deepEqual(statuses({ answers: readAnswers(await client.all()) }), [200])
  return at.member.requests[0] ?? assert.fail('the member saw nothing')
}

function names({ fields }: SeenRequest): string[] {
  return fields.map(([name]) => name.toLowerCase())
}

const ours: Readonly<Record<string, string>> = {
  'X-Forwarded-For': '127.0.0.9',
  'X-Forwarded-Host': 'app.local',
  'X-Forwarded-Port': '80',
  'X-Forwarded-Proto': 'http',
  'X-Real-Ip': '127.0.0.9',
}

function assertOurs(seen: SeenRequest): void {
  for (const [name, value] of Object.entries(ours)) assert.deepEqual(valuesOf(seen.fields, name), [value], name)
  assert.equal(valuesOf(seen.fields, 'X-Forwarded-Server').length, 1)
}

const connections: readonly string[] = [
  'close, x-forwarded-for, X-REAL-IP, host, authorization',
  'close, X-Forwarded-Host, X-Forwarded-Port, X-Forwarded-Proto, X-Forwarded-Server',
  'close, content-length, transfer-encoding, cookie, te, expect',
  'close,,,x-forwarded-for,',
  'close ,\tx-forwarded-for\t, "x-forwarded-proto"',
  'close\r\nConnection: x-forwarded-for\r\nConnection: authorization, cookie',
]

for (const connection of connections) {
  test(`H1: Connection: ${JSON.stringify(connection)} takes away nothing of ours, nor what proves who asks`, async () => {
    const seen = await seenBy([
      `Connection: ${connection}`,
      'Authorization: Bearer t',
      'Cookie: a=1',
      'Content-Length: 0',
      'X-Forwarded-For: 6.6.6.6',
    ])
    assertOurs(seen)
    assert.deepEqual([seen.host, seen.framing], ['app.local', 'length'])
    assert.deepEqual([fieldOf(seen, 'Authorization'), fieldOf(seen, 'Cookie')], ['Bearer t', 'a=1'])
    assert.ok(!names(seen).includes('connection'))
  })
}

test('H1: what else Connection names is gone, in any case, and Connection itself', async () => {
  const seen = await seenBy([
    'Connection: close, X-HOP',
    'connection: x-other',
    'X-Hop: 1',
    'x-hop: 2',
    'X-Other: 3',
    'X-Stays: 4',
    'Keep-Alive: 5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic x',
    'Proxy-Authenticate: Basic',
    'TE: gzip',
    'Trailer: X-Sum',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABk',
  ])
  assert.deepEqual(
    names(seen).filter((name) => !name.startsWith('x-forwarded-')),
    ['host', 'x-stays', 'x-real-ip'],
  )
})

test('H1: Connection: connection and Connection: keep-alive keep what they should', async () => {
  const client = await stage.client(request('GET /', ['Connection: keep-alive, connection, X-A', 'X-A: 1']))
  await client.until('app.local')
  client.send(farewell)
  assert.deepEqual(statuses({ answers: readAnswers(await client.all()) }), [200, 200])
  assert.ok(!names(await stage.member.request(0)).includes('x-a'))
})

const spoofed: readonly string[] = [
  'X-Forwarded-For: 6.6.6.6',
  'x-forwarded-for: 7.7.7.7',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.local',
  'X-Forwarded-Port: 8443',
  'X-Forwarded-Server: evil',
  'X-Forwarded-Prefix: /evil',
  'X-Forwarded-Scheme: https',
  'X-Forwarded-Ssl: on',
  'X-Forwarded-Uri: /evil',
  'X-Forwarded-Method: POST',
  'X-Forwarded-Tls-Client-Cert: evil',
  'X-Forwarded-Anything: evil',
  'X-Real-IP: 6.6.6.6',
  'Forwarded: for=6.6.6.6;proto=https',
]

test('H2: from a peer that is not trusted nothing that was forwarded is kept', async () => {
  const seen = await seenBy(spoofed)
  assertOurs(seen)
  assert.deepEqual(
    names(seen).filter((name) => name.includes('forwarded') && !(name in lowerCase(ours))),
    ['x-forwarded-server'],
  )
})

test('H2: beside a trusted range an address still is not trusted', async () => {
  assert.equal(fieldOf(await seenBy(spoofed, { at: trusting, from: '127.0.0.10' }), 'X-Forwarded-For'), '127.0.0.10')
})

test('H2: a trusted peer is appended to, and what it says stays', async () => {
  const seen = await seenBy(spoofed, { at: trusting })
  assert.equal(fieldOf(seen, 'X-Forwarded-For'), '6.6.6.6, 7.7.7.7, 127.0.0.9')
  assert.equal(fieldOf(seen, 'X-Forwarded-Proto'), 'https')
  assert.equal(fieldOf(seen, 'X-Forwarded-Host'), 'evil.local')
  assert.equal(fieldOf(seen, 'X-Real-Ip'), '6.6.6.6')
  assert.equal(fieldOf(seen, 'Forwarded'), 'for=6.6.6.6;proto=https')
  assert.notEqual(fieldOf(seen, 'X-Forwarded-Server'), 'evil')
})

test('H2: an IPv4 peer on a listener for both families is told, and trusted, as IPv4', async () => {
  for (const [trustedIPs, chain] of [
    [[], '127.0.0.1'],
    [['127.0.0.0/8'], '6.6.6.6, 127.0.0.1'],
    [['::ffff:127.0.0.1'], '6.6.6.6, 127.0.0.1'],
  ] as const) {
    await using web = await record({ host: undefined, forwardedHeaders: { trustedIPs } })
    await web.ask(request('GET /', ['X-Forwarded-For: 6.6.6.6']))
    assert.equal(field(web.exchanges[0], 'X-Forwarded-For'), chain)
  }
})

for (const alias of [
  'X_Forwarded_For',
  'X-Forwarded_For',
  'x_forwarded_for',
  'X_FORWARDED_PROTO',
  'X_Forwarded-Host',
  'X_Forwarded_Prefix',
  'X_Forwarded_Whatever',
  'X_Real_IP',
  'Content_Length',
  'Transfer_Encoding',
  'Proxy_Authorization',
  'Http2_Settings',
  'Keep_Alive',
]) {
  test(`H3: ${alias}, which many a backend reads as its dash form, is dropped`, async () => {
    const seen = await seenBy([`${alias}: 6`])
    assert.ok(!names(seen).includes(alias.toLowerCase()))
    assertOurs(seen)
  })
  test(`H3: ${alias} is dropped from a trusted peer's request as well`, async () => {
    assert.ok(!names(await seenBy([`${alias}: 6`], { at: trusting })).includes(alias.toLowerCase()))
  })
}

test('H3: names with underscores that nothing here manages pass as they are', async () => {
  const seen = await seenBy(['X_Custom: 1', 'my_header: 2'])
  assert.deepEqual([fieldOf(seen, 'X_Custom'), fieldOf(seen, 'my_header')], ['1', '2'])
})

test('H4: the prefix told to the member is the one that was stripped, once, and no other', async () => {
  const fields = ['X-Forwarded-Prefix: /admin', 'X_Forwarded_Prefix: /admin', 'Connection: close, X-Forwarded-Prefix']
  const seen = await seenBy(fields, { target: '/strip/x' })
  assert.deepEqual([seen.target, fieldOf(seen, 'X-Forwarded-Prefix')], ['/x', '/strip'])
})

test('H4: the port told to the member is that of the connection, whatever scheme the client claims', async () => {
  assert.equal(fieldOf(await seenBy(['X-Forwarded-Proto: https']), 'X-Forwarded-Port'), '80')
})

test('H4: the port is the one in Host where it has one', async () => {
  assert.equal(fieldOf(await seenBy(['Host: app.local:8080']), 'X-Forwarded-Port'), '8080')
})

for (const name of ['Authorization', 'AUTHORIZATION', 'Cookie', 'cookie']) {
  test(`H5: Connection cannot take ${name} from under whoever judges it`, async () => {
    const seen = await seenBy([`Connection: close, ${name}`, `${name}: a=b`])
    assert.equal(fieldOf(seen, name), 'a=b')
  })
}

test('H5: an identity in an alias of a field of ours never reaches the member', async () => {
  const seen = await seenBy(['X_Forwarded_User: admin', 'X-Forwarded-User: admin', 'x-forwarded_user: admin'])
  assert.ok(!names(seen).some((name) => name.includes('user')))
})

for (const name of ['Proxy', 'proxy', 'PROXY', 'Proxy-Connection', 'Proxy-Anything']) {
  test(`H11: ${name}, which becomes HTTP_PROXY in a CGI, is dropped`, async () => {
    assert.ok(!names(await seenBy([`${name}: http://evil`])).includes(name.toLowerCase()))
  })
}

test('H12: fields named like parts of an object are fields like any other, in both directions', async () => {
  const odd = ['__proto__: x', 'constructor: y', 'hasOwnProperty: z', 'toString: t', '__proto__: again']
  stage.member.answering = always(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${odd.join('\r\n')}\r\n\r\n`)
  const heard = await stage.say(request('GET /', [...odd, 'Cookie: __proto__=1; constructor=2', 'Connection: close']))
  const [answer] = heard.answers
  const [seen] = stage.member.requests
  assert.ok(answer && seen)
  for (const { fields } of [answer, seen]) {
    const lines = fields.map(([name, value]) => `${name}: ${value}`)
    assert.deepEqual(
      lines.filter((line) => odd.includes(line)),
      odd,
    )
  }
  assert.equal(fieldOf(seen, 'Cookie'), '__proto__=1; constructor=2')
})

for (const target of [
  '/%0d%0aX-Evil:%201',
  '/strip/%0D%0AX-Evil:%201',
  '/%0aX-Evil:1',
  '/x?%0d%0aX-Evil:1',
  '/%E5%98%8AX-Evil:1',
]) {
  test(`H13: line breaks in "${target}" stay escapes, in every line that is made of it`, async () => {
    const heard = await stage.say(request(`GET ${target}`, ['Connection: close']))
    assert.deepEqual(statuses(heard), [200])
    const [seen] = stage.member.requests
    assert.ok(seen)
    assert.ok(!names(seen).includes('x-evil'))
    assert.match(seen.target, /%0[DdAa]|%98%8A/)
    assert.deepEqual(valuesOf(heard.answers[0]?.fields ?? [], 'X-Evil'), [])
  })
}

test('H15: what the member names in Connection is gone from its answer, and the rest stays', async () => {
  const fields = [
    'Connection: X-Secret, keep-alive',
    'connection: x-other',
    'X-Secret: 1',
    'x-SECRET: 2',
    'X-Other: 3',
    'Keep-Alive: timeout=7',
    'Proxy-Connection: keep-alive',
    'Upgrade: h2c',
    'X-Stays: 4',
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
  ]
  stage.member.answering = always(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${fields.join('\r\n')}\r\n\r\nok`)
  const { answers, text } = await stage.say(farewell)
  const [answer] = answers
  assert.ok(answer)
  assert.doesNotMatch(text, /secret|x-other|proxy-connection|upgrade|timeout=7/i)
  assert.equal(fieldOf(answer, 'X-Stays'), '4')
  assert.deepEqual(valuesOf(answer.fields, 'Set-Cookie').slice(0, 2), ['a=1', 'b=2'])
  assert.deepEqual(valuesOf(answer.fields, 'Connection'), ['close'])
})

test('H15: a member cannot take the framing or our cookie away by naming it in Connection', async () => {
  const named = 'Connection: content-length, set-cookie, date, transfer-encoding'
  stage.member.answering = always(`HTTP/1.1 200 OK\r\n${named}\r\nContent-Length: 2\r\n\r\nok`)
  const { answers } = await stage.say(request('GET /') + farewell)
  assert.deepEqual(
    answers.map(({ body, complete }) => [body, complete]),
    [
      ['ok', true],
      ['ok', true],
    ],
  )
  assert.equal(valuesOf(answers[0]?.fields ?? [], 'Set-Cookie').length, 1)
})

const badTrailers: readonly string[] = [
  'Host: evil.local',
  'X-Forwarded-For: 6.6.6.6',
  'X_Forwarded_For: 6.6.6.6',
  'X-Real-Ip: 6.6.6.6',
  'Forwarded: for=6.6.6.6',
  'Authorization: evil',
  'Cookie: evil=1',
  'Set-Cookie: evil=1',
  'Content_Length: 666',
  'Transfer_Encoding: evil',
  'Connection: X-Fine',
  'Upgrade: evil',
  'Content-Type: evil/evil',
  'Location: http://evil',
  'Trailer: evil',
]

for (const trailer of badTrailers) {
  test(`H16: a trailer "${trailer}" passes neither to the member nor to the client`, async () => {
    const body = `2\r\nok\r\n0\r\n${trailer}\r\nX-Fine: 1\r\n\r\n`
    stage.member.answering = always(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)
    const chunked = ['TE: trailers', 'Transfer-Encoding: chunked', 'Connection: close']
    const { answers } = await stage.say(request('POST /', chunked, body))
    const [seen] = stage.member.requests
    assert.deepEqual(seen?.trailers, [['X-Fine', '1']])
    assert.deepEqual(answers[0]?.trailers, [['X-Fine', '1']])
    assert.equal(seen.host, 'app.local')
    assert.doesNotMatch(JSON.stringify([seen.fields, answers[0].fields]), /evil|6\.6\.6\.6|666/)
  })
}

for (const trailer of ['Content-Length: 666', 'Transfer-Encoding: chunked', 'Transfer-Encoding: evil']) {
  test(`H16: a trailer "${trailer}" never reaches the client, and refuses the request it ends`, async () => {
    const body = `2\r\nok\r\n0\r\n${trailer}\r\nX-Fine: 1\r\n\r\n`
    stage.member.answering = always(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)
    const { answers } = await stage.say(request('GET /', ['TE: trailers', 'Connection: close']))
    assert.deepEqual(answers[0]?.trailers, [['X-Fine', '1']])
    stage.member.forget()
    assert.deepEqual(
      statuses(await stage.say(request('POST /', ['Transfer-Encoding: chunked'], body) + farewell)),
      [400],
    )
    assert.deepEqual(stage.member.requests, [])
  })
}

test('H16: trailers never become fields of a request, nor of an answer that cannot carry them', async () => {
  const body = '2\r\nok\r\n0\r\nX-Fine: 1\r\n\r\n'
  stage.member.answering = always(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Fine\r\n\r\n${body}`)
  const { answers } = await stage.say('GET / HTTP/1.0\r\nHost: app.local\r\n\r\n')
  assert.deepEqual([answers[0]?.body, answers[0]?.framing], ['ok', 'until-close'])
  assert.doesNotMatch(JSON.stringify(answers[0]), /fine/i)
})

function lowerCase(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]))
}
