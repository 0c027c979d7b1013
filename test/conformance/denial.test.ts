// Part 2.4 of the list, small: what must cost little however much is sent. The sizes of the list itself are for the soak.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { eventually } from '../support/eventually.ts'
import { always, ok } from './recording-member.ts'
import { farewell, fieldOf, openStage, readAnswers, request, smuggled, statuses } from './stage.ts'
import type { Stage } from './stage.ts'
import { openTunnel, switching, upgrade } from './tunnel.ts'

const stage = await openStage({
  services: ['keys'],
  routers: { keys: "rule: 'Query(`wanted`, `y`)', service: keys" },
  balancer: 'sticky: { cookie: { name: slot } },',
})
const impatient = await openStage({
  flags: [
    '--limits.headerTimeout=300ms',
    '--entrypoints.http.transport.respondingtimeouts.readtimeout=300ms',
    '--entrypoints.http.transport.respondingtimeouts.idletimeout=300ms',
  ],
})
const roomy = await openStage({ flags: ['--limits.maxHeaderFields=3000'] })
const { member } = stage

const slowHeads: Readonly<Record<string, string>> = {
  'say nothing': '',
  'stop in the request line': 'GET /slow',
  'stop in a field': 'GET /slow HTTP/1.1\r\nHost: app.local\r\nX-Slow: ',
  'stop before the last empty line': 'GET /slow HTTP/1.1\r\nHost: app.local\r\n',
}

test('D1: 200 clients that say nothing or drip their heads are all cut off, and hinder nobody meanwhile', async () => {
  const starts = Object.values(slowHeads)
  const clients = await Promise.all(Array.from({ length: 200 }, (_, i) => impatient.client(starts[i % starts.length])))
  // A byte now and then must not prolong anything.
  const drip = setInterval(() => {
    for (const client of clients) if (client.socket.writable && client.received === '') client.send('x')
  }, 50)
  assert.deepEqual(statuses(await impatient.say(farewell)), [200])
  await Promise.all(clients.map((client) => client.over))
  clearInterval(drip)
  for (const client of clients) assert.match(client.received, /^(?:HTTP\/1\.1 4\d\d |$)/)
  assert.deepEqual(
    impatient.member.requests.map(({ target }) => target),
    ['/farewell'],
  )
})

for (const [what, bytes] of Object.entries(slowHeads)) {
  test(`D1: a client that would ${what} is cut off behind a good request as well`, async () => {
    const client = await impatient.client(request('GET /good') + bytes)
    assert.match(await client.all(), /GET \/good app\.local(?:HTTP\/1\.1 4\d\d |$)/)
  })
}

test('D1: 100 uploads that stop half way lose their connections, and so do their members', async () => {
  const clients = await Promise.all(
    Array.from({ length: 100 }, () => impatient.client(request('POST /slow', ['Content-Length: 10'], 'half'))),
  )
  await Promise.all(clients.map((client) => client.over))
  assert.deepEqual(impatient.member.requests, [])
  await Promise.all(impatient.member.peers.map((peer) => peer.over))
})

test('D1: a client that waits long for its answer, after a whole body, keeps its connection', async () => {
  const client = await impatient.client()
  impatient.member.answering = () => undefined
  client.send(request('POST /late', ['Content-Length: 5'], '12345'))
  await impatient.member.request(0)
  // When this one is cut off, so would be a client whose body is waited for.
  const stuck = await impatient.client(request('POST /slow', ['Content-Length: 10'], 'half'))
  await stuck.over
  ;(await impatient.member.peer(0)).send(ok('late'))
  await client.until('late')
  client.send(farewell)
  impatient.member.answering = always(ok('next'))
  assert.deepEqual(
    readAnswers(await client.all()).map(({ body }) => body),
    ['late', 'next'],
  )
})

test('D1: a connection that is idle too long is closed', async () => {
  const client = await impatient.client(request('GET /'))
  await client.until('app.local')
  assert.equal(await client.over, 'ended')
})

const cookies = Array.from({ length: 10_000 }, () => 'a=b').join('; ')

test('D3: 10,000 cookies in one field are read past, and pass', async () => {
  const heard = await stage.say(request('GET /', [`Cookie: ${cookies}`, 'Connection: close']))
  assert.deepEqual(statuses(heard), [200])
  const [seen] = member.requests
  assert.ok(seen)
  assert.equal(fieldOf(seen, 'Cookie'), cookies)
})

test('D3: a sticky cookie is found behind thousands of others', async () => {
  const first = await stage.say(farewell)
  const [pair = ''] = fieldOf(first.answers[0] ?? assert.fail(), 'Set-Cookie')?.split(';') ?? []
  const again = await stage.say(request('GET /', [`Cookie: ${cookies}; ${pair}`, 'Connection: close']))
  assert.deepEqual(statuses(again), [200])
  assert.equal(fieldOf(again.answers[0] ?? assert.fail(), 'Set-Cookie'), undefined)
})

const tooMuch: Readonly<Record<string, string>> = {
  'a Cookie of 1 MiB': request('GET /', [`Cookie: ${'a=b; '.repeat(209_715)}`]),
  '10,000 Cookie lines': request(
    'GET /',
    Array.from({ length: 10_000 }, () => 'Cookie: a'),
  ),
  '201 field lines': request(
    'GET /',
    Array.from({ length: 200 }, () => 'A: b'),
  ),
  'a target of 70 KB': request(`GET /${'x'.repeat(70_000)}`),
  'a field name of 70 KB': request('GET /', [`${'x'.repeat(70_000)}: a`]),
  'a head of 1 MiB in many fields': request(
    'GET /',
    Array.from({ length: 150 }, () => `A: ${'b'.repeat(7000)}`),
  ),
}

for (const [what, bytes] of Object.entries(tooMuch)) {
  test(`D3: ${what} is refused with 431`, async () => {
    const client = await stage.client()
    client.socket.write(bytes + smuggled)
    // What was still on its way when the refusal was sent may turn the end into a reset.
    const heard = await client.all()
    if (heard !== '') assert.match(heard, /^HTTP\/1\.1 431 /)
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
    assert.equal(member.requests.length, 1)
  })
}

test('D3: below a limit that was raised no field is lost', async () => {
  const fields = [...Array.from({ length: 2500 }, () => 'A: b'), 'Transfer-Encoding: chunked', 'Connection: close']
  await roomy.say(request('POST /', fields, '3\r\nabc\r\n0\r\n\r\n'))
  const [seen] = roomy.member.requests
  assert.equal(seen?.fields.filter(([name]) => name === 'A').length, 2500)
  assert.deepEqual([seen.framing, seen.body], ['chunked', 'abc'])
})

test('D3: chunk extensions of 20 KiB are refused with 413', async () => {
  const heard = await stage.say(request('POST /', ['Transfer-Encoding: chunked'], `1;${'a'.repeat(20_480)}\r\nx\r\n`))
  assert.deepEqual(statuses(heard), [413])
  assert.deepEqual(member.requests, [])
})

test('D3: chunk extensions are not passed on', async () => {
  await stage.say(
    request('POST /', ['Transfer-Encoding: chunked', 'Connection: close'], '1;a=b;c="d"\r\nx\r\n0;e\r\n\r\n'),
  )
  assert.deepEqual(
    member.requests.map(({ body }) => body),
    ['x'],
  )
})

test('D3: trailers without end are refused', async () => {
  const heard = await stage.say(
    request('POST /', ['Transfer-Encoding: chunked'], `0\r\n${`A: ${'b'.repeat(1000)}\r\n`.repeat(100)}\r\n`),
  )
  assert.deepEqual(statuses(heard), [431])
  assert.deepEqual(member.requests, [])
})

const uploads = 40
const uploadBytes = 8 * 1024 * 1024
/** What Muster may hold of one upload: a few reads' worth. */
const heldBytesMax = 512 * 1024

test('D4: uploads to a member that does not read are not gathered, nor tried again when it fails', async () => {
  const stuck = member.origin
  const before = process.memoryUsage().arrayBuffers
  // One buffer for all, so that what grows is Muster's.
  const body = Buffer.alloc(uploadBytes)
  const clients = await Promise.all(
    Array.from({ length: uploads }, () => stage.client(request('PUT /big', [`Content-Length: ${uploadBytes}`]))),
  )
  await eventually(() => assert.equal(member.peers.length, uploads), 5000)
  for (const peer of member.peers) peer.socket.pause()
  for (const client of clients) client.socket.write(body)
  await settledWhileServing(stage, () => clients.reduce((sum, { socket }) => sum + socket.bytesWritten, 0))
  // V8 frees what was collected in the background: what is still held then, is held.
  await eventually(() => {
    collectGarbage()
    const held = process.memoryUsage().arrayBuffers - before - uploadBytes
    assert.ok(held < uploads * heldBytesMax, `${held} bytes held of ${uploads} uploads`)
  }, 5000)

  const connections = stuck.peers.length
  for (const peer of member.peers) peer.socket.resetAndDestroy()
  for (const client of clients) assert.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 502 /)
  assert.deepEqual(statuses(await stage.say(farewell)), [200])
  assert.ok(member.requests.every(({ method }) => method === 'GET'))
  assert.ok(stuck.peers.length <= connections + 1, 'no upload was sent twice')
})

/** What was passed on already is no longer held, but V8 may not have noticed yet. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Serves other requests until `measure` stands still over many of them. */
async function settledWhileServing(at: Stage, measure: () => number): Promise<void> {
  for (let before = -1, still = 0; still < 20;) {
    const now = measure()
    still = now === before ? still + 1 : 0
    before = now
    assert.deepEqual(statuses(await at.say(farewell)), [200])
  }
}

const abuses: Readonly<Record<string, (at: Stage) => Promise<void>>> = {
  async 'a client that resets before the 101'(at) {
    const client = await at.client(upgrade)
    const upstream = await at.member.peer(0)
    await upstream.until('\r\n\r\n')
    client.socket.resetAndDestroy()
    await upstream.over
  },
  async 'a client that resets with its request'(at) {
    const client = await at.client()
    await new Promise<void>((resolve) => {
      client.socket.write(upgrade, () => resolve())
    })
    client.socket.resetAndDestroy()
  },
  async 'a client that resets after the 101'(at) {
    const { client, upstream } = await openTunnel(at)
    client.socket.resetAndDestroy()
    await upstream.over
  },
  async 'a client that resets as the 101 arrives'(at) {
    const client = await at.client(upgrade)
    const upstream = await at.member.peer(0)
    await upstream.until('\r\n\r\n')
    upstream.send(`${switching}frame`)
    client.socket.resetAndDestroy()
    await upstream.over
  },
  async 'a member that resets before the 101'(at) {
    at.member.answering = ({ peer }) => void peer.socket.resetAndDestroy()
    assert.deepEqual(statuses(await at.say(upgrade)), [502])
  },
  async 'a member that resets after the 101'(at) {
    const { client, upstream } = await openTunnel(at)
    upstream.socket.resetAndDestroy()
    await client.over
  },
  async 'a member that resets behind its 101'(at) {
    at.member.answering = ({ peer }) => void peer.socket.write(switching, () => peer.socket.resetAndDestroy())
    const client = await at.client(upgrade)
    await client.over
  },
  async 'a member that answers 502 and resets'(at) {
    at.member.answering = ({ peer }) =>
      void peer.socket.write('HTTP/1.1 502 Bad\r\nContent-Length: 9\r\n\r\nhalf', () => peer.socket.resetAndDestroy())
    const client = await at.client(upgrade)
    await client.over
  },
  async 'a client that ends first'(at) {
    const { client, upstream } = await openTunnel(at)
    client.socket.end('bye')
    assert.equal(await upstream.over, 'ended')
    assert.match(upstream.received, /bye$/)
    upstream.socket.end('bye, too')
    assert.match(await client.all(), /bye, too$/)
  },
  async 'a member that ends first'(at) {
    const { client, upstream } = await openTunnel(at)
    upstream.socket.end('bye')
    assert.match(await client.all(), /bye$/)
    client.socket.end('bye, too')
    assert.match(await upstream.all(), /bye, too$/)
  },
}

for (const [what, abuse] of Object.entries(abuses)) {
  test(`D9: ${what} ends a tunnel and nothing else, again and again`, async () => {
    for (let i = 0; i < 10; i++) {
      await abuse(stage)
      member.forget()
    }
    assert.deepEqual(statuses(await stage.say(farewell)), [200])
  })
}

test('D9: tunnels broken off in every way leave no socket behind', async () => {
  const before = openSockets()
  for (const abuse of Object.values(abuses)) {
    await abuse(stage)
    member.forget()
  }
  await stage.closeClients()
  await eventually(() => assert.ok(openSockets() <= before, `${openSockets()} sockets, ${before} before`), 5000)
})

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((each) => each.startsWith('TCPSocket')).length
}

/** Integer-like, as collide in V8's string hash when they come in masses (CVE-2026-21717). */
const keys = Array.from({ length: 10_000 }, (_, i) => (i * 4_294_967_296) % 100_000)
  .map((key) => `${key}&`)
  .join('')

test('D10: 10,000 query keys that are numbers are read past by a rule, and pass as they are', async () => {
  const target = `/x?${keys}wanted=y`
  const heard = await stage.say(request(`GET ${target}`, ['Connection: close']))
  assert.deepEqual(statuses(heard), [200])
  assert.equal(stage.others.get('keys')?.requests[0]?.target, target)
})

test('D10: cookies and fields that are numbers are read past and pass as they are', async () => {
  const cookie = Array.from({ length: 5000 }, (_, i) => `${i}=1`).join('; ')
  const fields = Array.from({ length: 150 }, (_, i) => `${i}: ${i}`)
  member.answering = always(`HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
  const client = await stage.client(request('GET /x', [`Cookie: ${cookie}`, ...fields, 'Connection: close']))
  const [answer] = readAnswers(await client.all())
  const [seen] = member.requests
  for (const message of [answer, seen]) {
    const lines = message?.fields.map(([name, value]) => `${name}: ${value}`)
    assert.deepEqual(
      lines?.filter((line) => /^\d/.test(line)),
      fields,
    )
  }
  assert.equal(fieldOf(seen ?? assert.fail(), 'Cookie'), cookie)
})
