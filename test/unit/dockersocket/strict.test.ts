// What two readers could understand differently never reaches the engine, in any mode.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectRaw } from '../../support/raw-peer.ts'
import { ask, json, openStage } from './stage.ts'

const ping = ask('GET /_ping')

/** Each is followed by a request that must not be answered either. */
const unusual: readonly (readonly [what: string, bytes: string])[] = [
  ['length and coding', ask('POST /a', 'Content-Length: 4', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
  ['coding and length', ask('POST /a', 'Transfer-Encoding: chunked', 'Content-Length: 4') + '0\r\n\r\n'],
  ['two lengths', ask('POST /a', 'Content-Length: 0', 'Content-Length: 0')],
  ['a list of lengths', ask('POST /a', 'Content-Length: 0, 0')],
  ['a signed length', ask('POST /a', 'Content-Length: +0')],
  ['an endless length', ask('POST /a', `Content-Length: ${'9'.repeat(30)}`)],
  ['another coding', ask('POST /a', 'Transfer-Encoding: gzip, chunked')],
  ['a coding in disguise', ask('POST /a', 'Transfer-Encoding: xchunked')],
  ['a coding twice', ask('POST /a', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['a coding of HTTP/1.0', 'POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['a space before the colon', ask('POST /a', 'Transfer-Encoding : chunked')],
  ['a field that goes on', ask('POST /a', 'X-A: b', ' Transfer-Encoding: chunked')],
  ['a field without a name', ask('GET /a', ': b')],
  ['a field with a NUL', ask('GET /a', 'X-A: b\0c')],
  ['a field with a lone CR', ask('GET /a', 'X-A: b\rX-B: c')],
  ['bare line feeds', 'GET /a HTTP/1.1\nHost: docker\n\n'],
  ['one bare line feed', 'GET /a HTTP/1.1\r\nHost: docker\nX-A: b\r\n\r\n'],
  ['two hosts', ask('GET /a', 'Host: other')],
  ['no host', 'GET /a HTTP/1.1\r\n\r\n'],
  ['an empty line first', `\r\n${ask('GET /a')}`],
  ['an absolute target', ask('GET http://docker/containers/json')],
  ['an authority', ask('CONNECT docker:80')],
  ['an asterisk', ask('OPTIONS *')],
  ['TRACE', ask('TRACE /a')],
  ['a method in lower case', ask('get /a')],
  ['HTTP/1.2', 'GET /a HTTP/1.2\r\nHost: docker\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['two spaces', 'GET  /a HTTP/1.1\r\nHost: docker\r\n\r\n'],
  ['a tab for a space', 'GET\t/a HTTP/1.1\r\nHost: docker\r\n\r\n'],
  ['HTTP/0.9', 'GET /a\r\n\r\n'],
  ['a target that is not ASCII', 'GET /\xe9 HTTP/1.1\r\nHost: docker\r\n\r\n'],
  ['an empty segment', ask('POST /containers//a/stop')],
  ['an empty segment at the beginning', ask('POST //containers/a/stop')],
  ['an escaped empty segment', ask('POST /containers/%2Fa/stop')],
  ['a dot segment', ask('POST /v1.41/images/../containers/a/stop')],
  ['an escaped dot segment', ask('POST /v1.41/images/%2e%2E/containers/a/stop')],
  ['a single dot', ask('POST /containers/./a/stop')],
  ['a dot segment at the end', ask('GET /containers/a/..')],
  ['a broken escape', ask('GET /containers/%zz/json')],
  ['an escaped NUL', ask('GET /containers/a%00/json')],
  ['a backslash', ask('GET /containers\\a\\json')],
  ['an escaped backslash', ask('GET /containers/%5C/json')],
  ['a fragment', ask('GET /_ping#/containers/a/json')],
]

describe('an unusual request is answered 400 and goes no further', () => {
  for (const [what, bytes] of unusual) {
    for (const mode of ['full', 'controller'] as const) {
      test(`${what}, mode ${mode}`, async () => {
        await using stage = await openStage({ mode })
        await using client = await stage.client(bytes + ping)
        const answers = await client.all()
        assert.match(answers, /^HTTP\/1\.1 400 Bad Request\r\n[^]*"message":"this request is not taken: /)
        assert.equal(answers.split(/HTTP\/1\.1 \d/).length, 2, 'one answer alone')
        assert.equal(stage.dialled, 0)
      })
    }
  }

  test('a head that does not end', async () => {
    await using stage = await openStage()
    await using client = await stage.client(`GET /a HTTP/1.1\r\nX-A: ${'a'.repeat(70_000)}`)
    assert.match(await client.all(), /400 Bad Request[^]*longer than 64 KiB/)
  })

  test('a head that is cut', async () => {
    await using stage = await openStage()
    await using client = await stage.client('GET /a HTTP/1.1\r\nHost')
    client.socket.end()
    assert.match(await client.all(), /ends within its head/)
  })
})

test('chunks that cannot be read break the request off', async () => {
  for (const chunks of [
    '5;ext=1\r\nhello\r\n',
    '-1\r\n',
    '5\nhello\n',
    '5\r\nhelloX\r\n',
    'ffffffffffffffff\r\n',
    '0\r\nbad trailer\r\n\r\n',
  ]) {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /a', 'Transfer-Encoding: chunked'))
    await using engine = await stage.engineSide()
    await engine.until('\r\n\r\n')
    client.send(chunks + ping)
    await engine.over
    assert.doesNotMatch(engine.received, /_ping/, chunks)
    await client.over
  }
})

test('what follows a body is judged as a request of its own', async () => {
  await using stage = await openStage({ mode: 'controller' })
  await using client = await stage.client(`${ping}POST /containers/a/stop HTTP/1.1\r\nHost: docker\r\n\r\n`)
  await using engine = await stage.engineSide()
  await engine.until('\r\n\r\n')
  engine.send(json({}))
  assert.match(await client.all(), /403 Forbidden/)
  assert.equal(engine.received, ping)
})

test('an answer that ends with its connection opens no way for further requests', async () => {
  await using stage = await openStage({ mode: 'controller' })
  await using client = await stage.client('GET /version HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  await using engine = await stage.engineSide()
  engine.send('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nso far')
  await client.until('so far')
  client.send('POST /containers/create HTTP/1.0\r\n\r\n')
  engine.send(', and on')
  await client.until(', and on')
  engine.socket.end()
  await client.over
  assert.doesNotMatch(engine.received, /POST/)
})

test('on loopback, web pages are refused, whatever the mode', async () => {
  for (const mode of ['full', 'read-only', 'controller'] as const) {
    await using stage = await openStage({ mode, listen: { host: '127.0.0.1', port: 0 } })
    for (const field of ['Origin: null', 'Sec-Fetch-Site: cross-site']) {
      await using client = await connectRaw(stage.port, ask('GET /_ping', field))
      assert.match(await client.all(), /403 Forbidden[^]*requests of web pages are not taken/)
    }
    await using rebound = await connectRaw(stage.port, 'GET /_ping HTTP/1.1\r\nHost: evil.example:2375\r\n\r\n')
    assert.match(await rebound.all(), /403 Forbidden[^]*evil\.example/)
    assert.equal(stage.dialled, 0)
    for (const host of ['127.0.0.1:2375', 'localhost', '[::1]:2375', 'docker', 'api.moby.localhost']) {
      await using client = await connectRaw(stage.port, `GET /_ping HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      await using engine = await stage.engineSide()
      await engine.until('_ping')
      engine.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')
      await client.until('OK')
    }
  }
})
