// Requests, whole and broken, to all of Muster: the member gets at most what Node's parser and our rules both accept, every
// byte of it by the letter, and the process lives. A plain node:http server is told the same bytes as the reference.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import { connectRaw } from '../support/raw-peer.ts'
import { inChunks, mutate, mutations } from './mutation.ts'
import { farewell, openStage, statuses } from './stage.ts'
import { valuesOf } from './strict-message.ts'

const stage = await openStage()
const { member } = stage

/** A request as Node read it, and as the member got it. */
interface Read {
  readonly method: string
  readonly body: string
  readonly hosts: readonly string[]
  readonly framing: string
}

const reference: Read[] = []
const server = createServer({ maxHeaderSize: 65_536, requireHostHeader: false }, (arrived, response) => {
  let body = ''
  arrived.setEncoding('latin1')
  arrived.on('data', (text: string) => (body += text))
  arrived.on('end', () => {
    const named = (name: string): string[] =>
      arrived.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === name)
    const framing = [...named('transfer-encoding'), ...named('content-length')].join().toLowerCase()
    reference.push({ method: arrived.method ?? '', body, hosts: named('host'), framing })
    response.end()
  })
})
Object.assign(server, { httpAllowHalfOpen: true })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
after(async () => {
  server.closeAllConnections()
  await server[Symbol.asyncDispose]()
})

const method = fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT')
const target = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('/', '/a', '/a/../b', '/a%2Fb?x=1', 'http://b.local/x', '//c') },
  fc.constantFrom('*', 'a:1', '/a#b'),
)
const version = fc.constantFrom('1.1', '1.1', '1.1', '1.0')
const host = fc.oneof(
  { weight: 12, arbitrary: fc.constant('Host: app.local\r\n') },
  fc.constantFrom('Host: a@b\r\n', '', 'Host: a\r\nHost: b\r\n'),
)
const field = fc.constantFrom(
  'X: y\r\n',
  'Cookie: a=b\r\n',
  'Connection: keep-alive\r\n',
  'Connection: close\r\n',
  'Connection: x, host\r\n',
  'Expect: 100-continue\r\n',
  'TE: trailers\r\n',
  'X-Forwarded-For: 6.6.6.6\r\n',
  'X_Forwarded_For: 6\r\n',
  '__proto__: x\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 03\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: chunked \r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Upgrade: h2c\r\nConnection: Upgrade\r\n',
)
const body = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const framed = fc
  .tuple(body, fc.constantFrom('none', 'length', 'chunked'), fc.array(fc.nat(9), { maxLength: 3 }))
  .map(([text, framing, sizes]) => {
    if (framing === 'length') return { line: `Content-Length: ${text.length}\r\n`, bytes: text }
    if (framing === 'none') return { line: '', bytes: '' }
    const trailers = sizes.length > 2 ? 'X: y\r\nHost: evil\r\n' : ''
    return { line: 'Transfer-Encoding: chunked\r\n', bytes: inChunks(text, sizes, trailers) }
  })
const one = fc
  .tuple(method, target, version, host, fc.array(field, { maxLength: 2 }), framed)
  .map(([verb, path, http, hosts, fields, { line, bytes }]) => {
    return `${verb} ${path} HTTP/${http}\r\n${hosts}${fields.join('')}${line}\r\n${bytes}`
  })
const anyRequests = fc
  .tuple(fc.array(one, { minLength: 1, maxLength: 3 }), mutations)
  .map(([all, broken]) => mutate(all.join(''), broken))

/** Says `text` and nothing more, until the other side has closed. */
async function say(to: number, text: string, silenceMs: number): Promise<void> {
  await using client = await connectRaw(to)
  client.socket.setTimeout(silenceMs, () => client.socket.destroy())
  client.socket.end(text, 'latin1')
  await client.over
}

/** What our rules ask for beyond Node's: one Host on HTTP/1.1, and one way to frame the body. */
function mayPass({ hosts, framing }: Read): boolean {
  return hosts.length < 2 && (framing === '' || framing === 'chunked' || /^(?:0|[1-9]\d*)$/.test(framing))
}

/** That every item of `part` is in `all`, in the same order. */
function isWithin(part: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (const item of part) {
    const found = all.indexOf(item, at)
    if (found === -1) return false
    at = found + 1
  }
  return true
}

test('L13: of any bytes the member gets what Node and our rules accept at most, in order, and by the letter', async () => {
  let passed = 0
  await fc.assert(
    fc.asyncProperty(anyRequests, async (text) => {
      reference.length = 0
      const before = member.requests.length
      await say(stage.port, text, 20_000)
      // Whatever went to the member is there by the time the next request is answered.
      assert.deepEqual(statuses(await stage.say(farewell)), [200])
      // Node forgets a connection whose Upgrade it declined when the body behind it is broken.
      await say(port, text, 200)
      const got = member.requests.slice(before).filter((request) => request.target !== '/farewell')
      passed += got.length
      assert.deepEqual(member.malformed, [], JSON.stringify(text))
      for (const { fields, host: name } of got) {
        assert.doesNotMatch(name, /[@,\s/]/)
        assert.deepEqual(valuesOf(fields, 'X-Forwarded-For'), ['127.0.0.1'])
      }
      const allowed = reference.filter(mayPass).map((each) => `${each.method} ${each.body}`)
      const reached = got.map((each) => `${each.method} ${each.body}`)
      assert.ok(isWithin(reached, allowed), `${JSON.stringify(text)} reached the member as ${JSON.stringify(reached)}`)
    }),
    { numRuns: 500 },
  )
  assert.ok(passed > 100, `only ${passed} requests reached the member`)
})
