// Part 3.2 of the list, the member's side: what passes, in which frame, over which connection, and how an answer breaks off.
import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { always, ok } from './recording-member.ts'
import type { SeenRequest } from './recording-member.ts'
import { farewell, fieldOf, openStage, readAnswers, request, statuses } from './stage.ts'
import { switching, upgrade } from './tunnel.ts'

const stage = await openStage()
const { member } = stage
const get = request('GET /')

const cut: Readonly<Record<string, string>> = {
  'in the middle of a length': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf',
  'in the middle of a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf',
  'between two chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
  'inside the last chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n',
}

for (const [where, answer] of Object.entries(cut)) {
  for (const how of ['end', 'resetAndDestroy'] as const) {
    for (const version of ['1.1', '1.0']) {
      test(`P3: an answer that breaks off ${where} (${how}) never looks whole to an HTTP/${version} client`, async () => {
        member.answering = always(answer)
        const client = await stage.client(request(`GET / HTTP/${version}`))
        await client.until('half')
        ;(await member.peer(0)).socket[how]()
        const [heard] = readAnswers(await client.all())
        const saysSo = heard?.complete === false || (await client.over) === 'reset'
        assert.ok(saysSo, JSON.stringify(heard))
      })
    }
  }
}

test('P3: an answer that ends with its connection is cut when that is reset', async () => {
  member.answering = always('HTTP/1.1 200 OK\r\n\r\nhalf')
  const client = await stage.client(get)
  await client.until('half')
  ;(await member.peer(0)).socket.resetAndDestroy()
  assert.equal(readAnswers(await client.all())[0]?.complete, false)
})

test('P3: an answer that breaks off is not finished by anything that follows it', async () => {
  member.answering = ({ number, peer }) => {
    if (number > 0) return ok('second')
    peer.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
    return undefined
  }
  const client = await stage.client(get + get)
  const heard = await client.all()
  assert.match(heard, /\r\n\r\nhalf$/)
})

test('P4: members that reset at any moment leave Muster serving', async () => {
  for (const bytes of ['', 'HTTP/1.1 2', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', ok('whole')]) {
    member.answering = ({ peer }) => void peer.socket.write(bytes, () => peer.socket.resetAndDestroy())
    await stage.say(farewell)
    await stage.say(upgrade)
    member.forget()
  }
  assert.deepEqual(statuses(await stage.say(farewell)), [200])
})

test('P5: fields keep order, case and number, in both directions', async () => {
  const fields = ['B: 1', 'a: 2', 'b: 3', 'X-Empty:', 'A: \xe9\xff', 'x-tab: a\tb', 'Accept: x', 'accept: y']
  const back = [
    'Set-Cookie: a=1',
    'set-cookie: b=2',
    'WWW-Authenticate: x',
    'www-authenticate: y',
    'X-Empty:',
    'Date: long ago',
  ]
  member.answering = always(`HTTP/1.1 200 OK\r\n${back.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
  const { answers } = await stage.say(request('GET /', [...fields, 'Connection: close']))
  const lines = ({ fields: seen }: Pick<SeenRequest, 'fields'>): string[] =>
    seen.map(([name, value]) => (value === '' ? `${name}:` : `${name}: ${value}`))
  const [seen] = member.requests
  assert.ok(seen && answers[0])
  assert.deepEqual(
    lines(seen).filter((line) => fields.includes(line)),
    fields,
  )
  assert.deepEqual(
    lines(answers[0]).filter((line) => back.includes(line)),
    back,
  )
  assert.equal(fieldOf(answers[0], 'Date'), 'long ago')
})

test('P5: several Cookie lines become one', async () => {
  await stage.say(request('GET /', ['Cookie: a=1', 'X: y', 'cookie: b=2; c=3', 'Connection: close']))
  assert.equal(fieldOf(await member.request(0), 'Cookie'), 'a=1; b=2; c=3')
})

const framings: Readonly<Record<string, readonly [fields: readonly string[], bytes: string]>> = {
  none: [[], ''],
  length: [['Content-Length: 3'], 'abc'],
  chunked: [['transfer-encoding: CHUNKED'], '1\r\na\r\n02\r\nbc\r\n000\r\n\r\n'],
}

for (const method of [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'LOCK',
  'QUERY',
]) {
  for (const [framing, [fields, bytes]] of Object.entries(framings)) {
    test(`P6: a ${method} with framing "${framing}" has the same framing and body at the member`, async () => {
      const heard = await stage.say(request(`${method} /x`, [...fields, 'Connection: close'], bytes), {
        methods: [method],
      })
      assert.deepEqual(statuses(heard), [200])
      assert.deepEqual(
        member.requests.map((seen) => [seen.method, seen.framing, seen.body]),
        [[method, framing, bytes === '' ? '' : 'abc']],
      )
    })
  }
}

test('P7: 103 Early Hints is passed on, other interim answers are not', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x-y\r\nX-Y: 1\r\n\r\n'
  member.answering = always(`HTTP/1.1 100 Continue\r\n\r\n${early}HTTP/1.1 102 Processing\r\n\r\n${ok('ok')}`)
  const { answers, text } = await stage.say(farewell)
  assert.deepEqual(statuses({ answers }), [103, 200])
  assert.equal(fieldOf(answers[0] ?? assert.fail(), 'Link'), '</a.css>; rel=preload')
  assert.doesNotMatch(text, /x-y/i)
})

test('P7: an HTTP/1.0 client gets no interim answers and no chunks', async () => {
  const chunks = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'
  member.answering = always(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${chunks}`)
  for (const fields of [[], ['Connection: keep-alive']]) {
    const { answers } = await stage.say(request('GET / HTTP/1.0', fields))
    assert.deepEqual(
      answers.map(({ status, framing, body }) => [status, framing, body]),
      [[200, 'until-close', 'ok']],
    )
  }
})

test('P7: a 101 that nobody asked for is a 502', async () => {
  member.answering = always(switching)
  assert.deepEqual(statuses(await stage.say(farewell)), [502])
})

const bodiless: Readonly<Record<string, readonly [method: string, answer: string, fields: readonly string[]]>> = {
  'a 204': ['GET', 'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n', []],
  'a 204 with a length': ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', []],
  'a 204 with chunks': ['GET', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', []],
  'a 304': ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', ['ETag: "x"']],
  'a 304 with a length': ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n', ['Content-Length: 9']],
  'HEAD with a length': ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', ['Content-Length: 9']],
  'HEAD with chunks': ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', []],
  'HEAD with neither': ['HEAD', 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n', ['X: y']],
}

for (const [what, [method, answer, kept]] of Object.entries(bodiless)) {
  test(`P7: the answer to ${what} has no body, keeps its length if that tells of another, and the next one is read right`, async () => {
    member.answering = ({ request: { target } }) => (target === '/first' ? answer : ok('next'))
    const { answers } = await stage.say(request(`${method} /first`) + farewell, { methods: [method] })
    assert.deepEqual(
      answers.map(({ body }) => body),
      ['', 'next'],
    )
    const lines = answers[0]?.fields.map(([name, value]) => `${name}: ${value}`) ?? []
    for (const line of kept) assert.ok(lines.includes(line), line)
    if (answers[0]?.status === 204) assert.doesNotMatch(lines.join('\n'), /content-length|transfer-encoding/i)
  })
}

test('P7: a body without length is chunked to the client, and ends with the connection it came on', async () => {
  member.answering = ({ peer }) => void peer.socket.end('HTTP/1.1 200 OK\r\n\r\nas long as it lasts')
  const { answers } = await stage.say(get + farewell)
  assert.deepEqual(
    answers.map(({ framing, body }) => [framing, body]),
    [
      ['chunked', 'as long as it lasts'],
      // The last one is delimited by the end of the client's connection just as well.
      [answers[1]?.framing, 'as long as it lasts'],
    ],
  )
})

const stale: readonly (readonly [method: string, fields: readonly string[], body: string, repeated: boolean])[] = [
  ['GET', [], '', true],
  ['HEAD', [], '', true],
  ['PUT', ['Content-Length: 0'], '', true],
  ['DELETE', [], '', true],
  ['POST', ['Content-Length: 0'], '', false],
  ['PATCH', ['Content-Length: 0'], '', false],
  ['POST', ['Content-Length: 1'], 'x', false],
  ['PUT', ['Content-Length: 1'], 'x', true],
]

for (const [method, fields, body, repeated] of stale) {
  const what = `a ${method} with ${body === '' ? 'no body' : 'a body'}`
  test(`P10: ${what} on a kept connection that turns out dead is ${repeated ? 'sent once more' : 'never sent twice'}`, async () => {
    const client = await stage.client(get)
    await client.until('app.local')
    client.received = ''
    let tries = 0
    member.answering = ({ request: seen, peer }) => {
      if (seen.target !== '/stale') return ok('')
      tries++
      if (tries > 1) return ok('')
      peer.socket.destroy()
      return undefined
    }
    client.send(request(`${method} /stale`, fields, body))
    const heard = await client.until('\r\n\r\n')
    assert.match(heard, repeated ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 502 /)
    assert.equal(tries, repeated ? 2 : 1)
  })
}

test('P10: a new connection that dies without an answer is not tried again at the same member', async () => {
  member.answering = ({ peer }) => void peer.socket.destroy()
  assert.deepEqual(statuses(await stage.say(farewell)), [502])
  assert.equal(member.requests.length, 1)
})

test('P10: a request is not repeated once a byte of its answer has come', async () => {
  await stage.say(farewell)
  member.answering = ({ peer }) => void peer.socket.end('H')
  assert.deepEqual(statuses(await stage.say(farewell)), [502])
  assert.equal(member.requests.length, 2)
})

const reuse: Readonly<Record<string, readonly [answer: string, connections: number]>> = {
  'a plain one': [ok('ok'), 1],
  'one with chunks': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 1],
  'one with Connection: keep-alive': [ok('ok', 'Connection: keep-alive\r\n'), 1],
  'one with Connection: close': [ok('ok', 'Connection: close\r\n'), 2],
  'one with close in a list': [ok('ok', 'Connection: x, Close\r\n'), 2],
  'one of HTTP/1.0': ['HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 2],
  'one of HTTP/1.0 with keep-alive': ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', 2],
  'one with bytes behind it': [`${ok('ok')}${ok('evil')}`, 2],
  'one with an empty line behind it': [`${ok('ok')}\r\n`, 2],
  'a 304 with a body': ['HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil', 2],
  'one with a malformed head': ['HTTP/1.1 200 OK\r\nX : y\r\n\r\n', 2],
  'one with a malformed chunk': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n', 2],
  'one that keeps the connection for a second': [ok('ok', 'Keep-Alive: timeout=1\r\n'), 2],
}

for (const [what, [answer, connections]] of Object.entries(reuse)) {
  test(`P11: after ${what} the connection is ${connections === 1 ? 'used again' : 'not used again'}`, async () => {
    member.answering = ({ number }) => (number === 0 ? answer : ok('next'))
    const client = await stage.client(get)
    if (connections === 2) await (await member.peer(0)).over
    else await client.until('\r\n\r\n')
    assert.equal((await stage.say(farewell)).answers[0]?.body, 'next')
    assert.equal(member.peers.length, connections)
    assert.doesNotMatch(client.received, /evil/)
  })
}

test('P11: after an upgrade, refused or not, the connection serves no request', async () => {
  for (const answer of [switching, ok('no')]) {
    member.answering = ({ request: { target } }) => (target === '/chat' ? answer : ok('next'))
    const client = await stage.client(upgrade)
    await client.until('\r\n\r\n')
    assert.equal((await stage.say(farewell)).answers[0]?.body, 'next')
    assert.equal(member.peers.length, 2)
    member.forget()
  }
})

test('P12: an idle connection that the member ends, resets or speaks on is not used again', async () => {
  for (const spoil of ['end', 'resetAndDestroy', 'speak'] as const) {
    await stage.say(farewell)
    const idle = await member.peer(0)
    if (spoil === 'speak') idle.send(ok('evil'))
    else idle.socket[spoil]()
    if (spoil !== 'resetAndDestroy') assert.equal(await idle.over, 'ended')
    const { answers } = await stage.say(request('POST /x', ['Content-Length: 1', 'Connection: close'], 'x'))
    assert.equal(answers[0]?.body, 'POST /x app.local')
    assert.equal(member.peers.length, 2)
    member.forget()
  }
})

test('P16: hundreds of broken exchanges leave not one failure of our own behind', async () => {
  const broken = ['\x00', 'HTTP/1.1 200 OK\r\n', ok('x').slice(0, -1), `${ok('x')}y`, switching, '']
  member.answering = ({ number, peer }) => {
    const bytes = broken[number % broken.length] ?? ''
    peer.socket.write(bytes, 'latin1', () => (number % 2 === 0 ? peer.socket.destroy() : peer.socket.resetAndDestroy()))
    return undefined
  }
  const asked = Array.from({ length: 300 }, async (_, i) => {
    const client = await stage.client(i % 3 === 0 ? upgrade : request('POST /', ['Content-Length: 3'], 'abc') + get)
    if (i % 5 === 0) client.socket.resetAndDestroy()
    else client.socket.end()
    await client.over
  })
  await Promise.all(asked)
  member.forget()
  assert.deepEqual(statuses(await stage.say(farewell)), [200])
})

/** How many resources of a kind are made while `work` runs. */
async function made(kind: string, work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const hook = createHook({
    init(_id, type) {
      if (type === kind) count++
    },
  }).enable()
  await work()
  hook.disable()
  return count
}

test('P17: requests on a kept connection make no timers of their own', async () => {
  const client = await stage.client(get)
  await client.until('app.local')
  const requests = 200
  const timers = await made('Timeout', async () => {
    for (let i = 0; i < requests; i++) {
      client.received = ''
      client.send(get)
      await client.until('app.local')
    }
  })
  // node:http itself makes one when a connection becomes idle; all of one length share a single timer of the system.
  assert.ok(timers <= requests + 20, `${timers} timers for ${requests} requests`)
})

test('P18: no name is resolved for a request, not even for one that needs a new connection', async () => {
  member.answering = always(ok('ok', 'Connection: close\r\n'))
  const lookups = await made('GETADDRINFOREQWRAP', async () => {
    for (let i = 0; i < 5; i++) await stage.say(farewell)
  })
  assert.equal(lookups, 0)
  assert.equal(member.peers.length, 5)
})
