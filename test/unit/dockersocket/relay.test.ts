// What passes is the same on both sides, whatever becomes of the connection.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { ask, json, openStage } from './stage.ts'

const ok = json({ ok: true })
const ceilingMs = 5000
const blockBytes = 65_536
const blocks = 128

describe('a request passes byte for byte', () => {
  test('with its odd spelling, and the answer with its own', async () => {
    await using stage = await openStage()
    const request =
      'GET /v1.41/containers/json?filters=%7B%22a%22%3A1%7D&all=1 HTTP/1.1\r\nhOST:docker\r\nX-Odd:  a\t b \r\n\r\n'
    await using client = await stage.client(request)
    await using engine = await stage.engineSide()
    assert.equal(await engine.until('\r\n\r\n'), request)
    const answer = 'HTTP/1.1 200 Fine, thanks\r\nCONTENT-length: 2\r\nset-cookie: a\r\nset-cookie: b\r\n\r\nhi'
    engine.send(answer)
    assert.equal(await client.until('hi'), answer)
  })

  test('several on one connection, pipelined ones one after the other', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('GET /a') + ask('POST /b', 'Content-Length: 3') + 'xyz' + ask('GET /c'))
    await using engine = await stage.engineSide()
    await engine.until('/a')
    assert.doesNotMatch(engine.received, /POST/)
    engine.send(ok)
    await engine.until('xyz')
    assert.doesNotMatch(engine.received, /GET \/c/)
    engine.send(json({ second: true }))
    await engine.until('GET /c')
    engine.send('HTTP/1.1 204 No Content\r\n\r\n')
    await client.until('204')
    assert.equal(stage.dialled, 1)
  })

  test('a chunked body, cut into single bytes', async () => {
    await using stage = await openStage()
    const body = '5\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n'
    const request = ask('POST /build', 'Transfer-Encoding: chunked') + body
    await using client = await stage.client()
    for (const byte of request) {
      client.send(byte)
      await new Promise(setImmediate)
    }
    await using engine = await stage.engineSide()
    await engine.until('X-Trailer: t\r\n\r\n')
    assert.equal(engine.received, request)
    engine.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    await client.until('abc')
    engine.send('0\r\n\r\n')
    client.send(ask('GET /next'))
    await engine.until('/next')
  })

  test('100-continue: the engine says it, and the body follows', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /images/load', 'Expect: 100-continue', 'Content-Length: 4'))
    await using engine = await stage.engineSide()
    await engine.until('\r\n\r\n')
    engine.send('HTTP/1.1 100 Continue\r\n\r\n')
    await client.until('100 Continue')
    client.send('body')
    await engine.until('body')
    engine.send(ok)
    await client.until('{"ok":true}')
  })

  test('100-continue: the engine refuses, and the body never follows', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /images/load', 'Expect: 100-continue', 'Content-Length: 4'))
    await using engine = await stage.engineSide()
    await engine.until('\r\n\r\n')
    engine.send('HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    assert.match(await client.all(), /^HTTP\/1\.1 417 /)
  })

  test('the answer to HEAD has no body, whatever its length says', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('HEAD /_ping') + ask('GET /version'))
    await using engine = await stage.engineSide()
    engine.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
    await engine.until('/version')
    engine.send(ok)
    await client.until('{"ok":true}')
  })

  test('an answer while the body is still on its way ends the upload', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /build', 'Content-Length: 1000000000') + 'x'.repeat(1000))
    await using engine = await stage.engineSide()
    await engine.until('xxx')
    engine.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad')
    assert.match(await client.all(), /400 Bad Request[^]*bad$/)
  })
})

describe('streams', () => {
  for (const upgrade of ['tcp', 'h2c']) {
    test(`a connection upgraded to ${upgrade} carries bytes both ways, and half-closes`, async () => {
      await using stage = await openStage()
      const request = ask('POST /v1.41/session', 'Connection: Upgrade', `Upgrade: ${upgrade}`)
      await using client = await stage.client(request + 'early')
      await using engine = await stage.engineSide()
      assert.equal(await engine.until('\r\n\r\n'), request)
      engine.send(`HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\nfirst`)
      await client.until('first')
      assert.equal(await engine.until('early'), `${request}early`)
      client.socket.end('PRI * HTTP/2.0\r\n\r\nlast')
      assert.equal(await engine.over, 'ended')
      assert.ok(engine.received.endsWith('PRI * HTTP/2.0\r\n\r\nlast'))
      engine.send('still here')
      await client.until('still here')
      engine.socket.end('bye')
      assert.match(await client.all(), /bye$/)
      assert.equal(await client.over, 'ended')
    })
  }

  test('the engine half-closes first: the client hears it and may go on', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /containers/a/attach', 'Connection: Upgrade', 'Upgrade: tcp'))
    await using engine = await stage.engineSide()
    engine.socket.end('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
    assert.equal(await client.over, 'ended')
    client.socket.end('after the end')
    await engine.until('after the end')
    assert.equal(await engine.over, 'ended')
  })

  test('an answer of raw bytes without an upgrade is a stream both ways, as for old clients', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /exec/abc/start', 'Content-Length: 2') + '{}typed early')
    await using engine = await stage.engineSide()
    await engine.until('{}')
    assert.doesNotMatch(engine.received, /typed/)
    engine.send('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n$ ')
    await client.until('$ ')
    await engine.until('typed early')
    client.send('more')
    await engine.until('more')
    engine.socket.end('exit')
    assert.match(await client.all(), /exit$/)
  })

  test('a followed log flows as it is written', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('GET /containers/a/logs?follow=1'))
    await using engine = await stage.engineSide()
    engine.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (const line of ['one', 'two']) {
      engine.send(`3\r\n${line}\r\n`)
      await client.until(line)
    }
  })

  test('back-pressure reaches the sender, in both directions', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /x/attach', 'Connection: Upgrade', 'Upgrade: tcp'))
    await using engine = await stage.engineSide()
    engine.send('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
    await client.until('\r\n\r\n')
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      to.socket.pause()
      const before = to.received.length
      const block = Buffer.alloc(blockBytes, 'x')
      let taken = 0
      for (let i = 0; i < blocks; i++) from.socket.write(block, () => taken++)
      // Time enough to swallow it all, for whoever does not hold back.
      for (let turn = 0; turn < 2000; turn++) await new Promise(setImmediate)
      assert.ok(taken < blocks / 2, `${taken} of ${blocks} blocks were taken while nobody read`)
      to.socket.resume()
      await eventually(() => assert.equal(to.received.length - before, blocks * blockBytes), ceilingMs)
    }
  })
})

describe('one side leaves', () => {
  test('a client that ends while it waits is passed on to the engine, which may still answer', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('POST /containers/a/wait'))
    await using engine = await stage.engineSide()
    await engine.until('wait')
    client.socket.end()
    assert.equal(await engine.over, 'ended')
    engine.socket.end(json({ StatusCode: 0 }))
    assert.match(await client.all(), /StatusCode/)
  })

  test('a client that breaks off in the middle of a body breaks the request off', async () => {
    await using stage = await openStage()
    const client = await stage.client(ask('POST /build', 'Content-Length: 100') + 'half')
    await using engine = await stage.engineSide()
    await engine.until('half')
    client.socket.destroy()
    await engine.over
    await eventually(() => assert.ok(engine.socket.readableEnded || engine.socket.closed), ceilingMs)
  })

  test('an engine that breaks off in the middle of an answer breaks it off for the client', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('GET /images/a/get'))
    const engine = await stage.engineSide()
    engine.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel')
    await client.until('hel')
    engine.socket.destroy()
    await client.over
    assert.doesNotMatch(client.received, /0\r\n\r\n/)
  })

  test('an engine that closes an idle connection closes the client’s', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('GET /_ping'))
    const engine = await stage.engineSide()
    engine.send(ok)
    await client.until('{"ok":true}')
    engine.socket.end()
    await client.over
  })

  test('an engine that closes a used connection instead of an answer: the client sees just that, and tries again', async () => {
    await using stage = await openStage()
    await using client = await stage.client(ask('GET /_ping'))
    const engine = await stage.engineSide()
    engine.send(ok)
    await client.until('{"ok":true}')
    client.send(ask('GET /again'))
    await engine.until('/again')
    engine.socket.destroy()
    await client.over
    assert.doesNotMatch(client.received, /502/)
  })
})

describe('the engine is lost', () => {
  test('502 with a message and one warning, and all is well when it returns', async () => {
    await using stage = await openStage({ engine: (socket) => void socket.on('data', () => socket.write(ok)) })
    await stage.stopEngine()
    for (let i = 0; i < 3; i++) {
      await using client = await stage.client(ask('GET /containers/json'))
      const answer = await client.all()
      assert.match(answer, /^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: application\/json\r\n/)
      assert.match(answer, /{"message":"no Docker engine answers at unix:\/\/.*engine\.sock \(ENOENT\)"}\n$/)
    }
    assert.equal(stage.log.filter(({ level }) => level === 'warn').length, 1)
    await stage.startEngine()
    await using client = await stage.client(ask('GET /containers/json'))
    await client.until('{"ok":true}')
    assert.equal(stage.log.at(-1)?.message, 'the Docker API socket: the engine answers again')
  })

  test('502 when it takes a request and closes, or answers what is no HTTP', async () => {
    const answers = [
      '',
      'SSH-2.0-OpenSSH_9.2\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ]
    for (const said of answers) {
      await using stage = await openStage({ engine: (socket) => void socket.on('data', () => socket.end(said)) })
      await using client = await stage.client(ask('GET /version'))
      assert.match(await client.all(), /^HTTP\/1\.1 502 [^]*"message":"/)
    }
  })
})
