// What middlewares want of an answer's head, as the client gets it: from a member, after an upgrade, from Muster itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange, ResponseEdit, ResponseHeadDraft } from '../../../src/exchange/exchange.ts'
import { setField } from '../../../src/exchange/field-list.ts'
import { startAnsweringOrigin, startRawOrigin } from '../../support/origin.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { memberAt, startFront } from './front.ts'

const get = 'GET / HTTP/1.1\r\nHost: app.local\r\nConnection: close\r\n\r\n'
const upgrade =
  'GET /chat HTTP/1.1\r\nHost: app.local\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'

const set =
  (name: string, value: string): ResponseEdit =>
  ({ fields }) =>
    setField(fields, { written: name, lower: name.toLowerCase() }, value)

/** An exchange whose answer is edited so, outermost first. */
function edited(...edits: readonly ResponseEdit[]): (exchange: Exchange) => void {
  return (exchange) => void (exchange.responseEdits = [...edits])
}

test('the outer edit comes last, a name stays where it stood, and the body is as long as the member said', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nServer: old\r\nX-B: 1\r\nserver: older\r\nContent-Length: 2\r\n\r\nok'
  await using origin = await startAnsweringOrigin(answer)
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('X-Who', 'outer'), set('x-who', 'inner'), set('Server', 'new'))
  await using client = await connectRaw(front.port, get)
  const [head = '', body] = (await client.all()).split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 200 OK\r\nX-Who: outer\r\nServer: new\r\nX-B: 1\r\nContent-Length: 2\r\n/)
  assert.doesNotMatch(head, /old|inner/)
  assert.equal(body, 'ok')
})

test('a value past ASCII goes as the bytes it is, also in a Content-Disposition beside a length', async () => {
  await using origin = await startAnsweringOrigin('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('Content-Disposition', 'inline; filename=\xc3\xa9'))
  await using client = await connectRaw(front.port, get)
  assert.match(await client.all(), /\r\nContent-Disposition: inline; filename=\xc3\xa9\r\n/)
})

test('edits know the status, who answered, and what it was asked for as; our own fields are among the others', async () => {
  await using origin = await startAnsweringOrigin('HTTP/1.1 201 Created\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n')
  await using front = await startFront(memberAt(origin.port))
  const drafts: ResponseHeadDraft[] = []
  front.prepare = (exchange) => {
    exchange.responseFields.push('Set-Cookie', 'route=1')
    exchange.responseEdits = [(draft) => void drafts.push({ ...draft, fields: [...draft.fields] })]
  }
  await using client = await connectRaw(front.port, get)
  await client.all()
  assert.equal(drafts.length, 1)
  assert.equal(drafts[0]?.status, 201)
  assert.deepEqual(drafts[0]?.fields, ['X-A', '1', 'Content-Length', '0', 'Set-Cookie', 'route=1'])
  assert.equal(drafts[0]?.origin?.address.port, origin.port)
  assert.equal(drafts[0]?.origin?.host, 'app.local')
})

test('interim answers are not edited', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  await using origin = await startAnsweringOrigin(`${hints}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`)
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('X-Edited', 'yes'))
  await using client = await connectRaw(front.port, get)
  const [first = '', last = ''] = (await client.all()).split('\r\n\r\n')
  assert.match(first, /^HTTP\/1\.1 103 [^]*Link: <\/a>/)
  assert.doesNotMatch(first, /X-Edited/)
  assert.match(last, /^HTTP\/1\.1 200 OK\r\nX-Edited: yes/)
})

test('a 101 is edited, and its own fields are not', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('X-Edited', 'yes'))
  await using client = await connectRaw(front.port, upgrade)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  member.send('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\n')
  assert.equal(
    await client.until('\r\n\r\n'),
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Edited: yes\r\nX-A: 1\r\n\r\n',
  )
})

test('an upgrade the member declines is answered with its answer, edited', async () => {
  await using origin = await startAnsweringOrigin('HTTP/1.1 403 No\r\nContent-Length: 4\r\nX-A: 1\r\n\r\nnope')
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('X-A', '2'))
  await using client = await connectRaw(front.port, upgrade)
  const answer = 'HTTP/1.1 403 No\r\nContent-Length: 4\r\nX-A: 2\r\nConnection: close\r\n\r\nnope'
  assert.equal(await client.all(), answer)
})

for (const [name, request] of Object.entries({ 'a request': get, 'an upgrade': upgrade })) {
  test(`the 502 for ${name} no member took is edited too, by who knows that nobody answered`, async () => {
    const gone = await startRawOrigin()
    await gone[Symbol.asyncDispose]()
    await using front = await startFront(memberAt(gone.port))
    const origins: ResponseHeadDraft['origin'][] = []
    front.prepare = edited(({ origin }) => void origins.push(origin), set('X-Edited', '\xc3\xa9'))
    await using client = await connectRaw(front.port, request)
    const answer = await client.all()
    assert.match(answer, /^HTTP\/1\.1 502 Bad Gateway\r\nX-Edited: \xc3\xa9\r\n/)
    const [, length, body = ''] = /Content-Length: (\d+)[^]*\r\n\r\n([^]*)$/.exec(answer) ?? []
    assert.equal(Number(length), body.length)
    assert.deepEqual(origins, [undefined])
  })
}

test('a head that goes out before its body keeps its bytes', async () => {
  await using origin = await startRawOrigin()
  await using front = await startFront(memberAt(origin.port))
  front.prepare = edited(set('X-Edited', '\xc3\xa9'))
  await using client = await connectRaw(front.port, get)
  const member = await origin.peer(0)
  await member.until('\r\n\r\n')
  member.send('HTTP/1.1 200 OK\r\nX-Member: \xe9\r\nContent-Length: 2\r\n\r\n')
  assert.match(await client.until('\r\n\r\n'), /\r\nX-Edited: \xc3\xa9\r\nX-Member: \xe9\r\n/)
})
