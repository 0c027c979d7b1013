import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { openWhoami, runWhoami } from '../../../src/cli/whoami.ts'
import type { Seen } from '../../../src/cli/whoami.ts'

async function seen(response: Response): Promise<Seen> {
  return (await response.json()) as Seen
}

describe('whoami', () => {
  it('answers any path with what it saw, as text', async () => {
    await using whoami = await openWhoami(0)
    const response = await fetch(`http://127.0.0.1:${whoami.port}/any/path?x=1`, { headers: { 'X-Seen': 'yes' } })
    const body = await response.text()
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
    assert(body.startsWith(`Hostname: ${hostname()}\n`))
    assert.match(body, /^IP: 127\.0\.0\.1$/m)
    assert.match(body, /^RemoteAddr: .*127\.0\.0\.1:\d+$/m)
    assert.match(body, /^GET \/any\/path\?x=1 HTTP\/1\.1$/m)
    assert.match(body, /^x-seen: yes$/im)
    assert.equal(response.headers.get('set-cookie'), null)
  })

  it('answers in JSON when asked by Accept, by ?format=json or at /api', async () => {
    await using whoami = await openWhoami(0)
    const origin = `http://127.0.0.1:${whoami.port}`
    const byAccept = await seen(
      await fetch(origin, { method: 'POST', body: 'hello', headers: { accept: 'application/json', 'X-Seen': 'yes' } }),
    )
    assert.equal(byAccept.method, 'POST')
    assert.equal(byAccept.bodyBytes, 5)
    assert.deepEqual(byAccept.headers['x-seen'], 'yes')
    assert.equal(byAccept.visits, undefined)
    assert.equal((await seen(await fetch(`${origin}/x?format=json`))).url, '/x?format=json')
    assert.equal((await seen(await fetch(`${origin}/api`))).hostname, hostname())
  })

  it('counts the visits of a session, only when asked', async () => {
    await using whoami = await openWhoami(0)
    const url = `http://127.0.0.1:${whoami.port}/?session&format=json`
    const first = await fetch(url)
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? assert.fail('no cookie')
    assert.equal((await seen(first)).visits, 1)
    const second = await fetch(url, { headers: { cookie: `other=1; ${cookie}` } })
    assert.equal(second.headers.get('set-cookie'), null)
    assert.equal((await seen(second)).visits, 2)
    assert.equal((await seen(await fetch(url))).visits, 1)
  })

  it('is healthy, slow and large when asked', async () => {
    await using whoami = await openWhoami(0)
    const origin = `http://127.0.0.1:${whoami.port}`
    assert.equal((await fetch(`${origin}/health`)).status, 200)
    assert.equal(await (await fetch(`${origin}/slow?ms=1`)).text(), 'slow\n')
    for (const n of [0, 1, 65_536, 300_000]) {
      assert.equal((await (await fetch(`${origin}/bytes?n=${n}`)).arrayBuffer()).byteLength, n)
    }
  })

  it('echoes WebSocket messages of every size and closes when asked', async () => {
    await using whoami = await openWhoami(0)
    const socket = new WebSocket(`ws://127.0.0.1:${whoami.port}/chat`)
    await once(socket, 'open')
    for (const message of ['', 'hello', 'x'.repeat(200), 'y'.repeat(60_000)]) {
      socket.send(message)
      const [data] = (await once(socket, 'message')) as [Buffer]
      assert.equal(data.toString(), message)
    }
    const pong = once(socket, 'pong')
    socket.ping('p')
    assert.equal(String((await pong)[0]), 'p')
    socket.close(1000)
    assert.equal((await once(socket, 'close'))[0], 1000)
  })

  it('ends a WebSocket whose frames are malformed, and refuses other upgrades', async () => {
    await using whoami = await openWhoami(0)
    const ask = async (head: string): Promise<string> => {
      const socket = connect(whoami.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n${head}`)
      return text(socket)
    }
    assert.match(await ask('Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n\u0001\u0000'), /^HTTP\/1\.1 101 /)
    assert.match(await ask('Upgrade: h2c\r\n\r\n'), /^HTTP\/1\.1 400 /)
  })

  it('finishes the request under way when told to stop, and stops with idle connections open', async () => {
    const whoami = await openWhoami(0)
    using agent = Object.assign(new Agent({ keepAlive: true }), { [Symbol.dispose]: () => agent.destroy() })
    const options = { host: '127.0.0.1', port: whoami.port, agent }
    const [idle] = (await once(get({ ...options, path: '/health' }), 'response')) as [IncomingMessage]
    await text(idle)
    const upload = request({ ...options, agent: false, path: '/slow?ms=1', method: 'POST' })
    upload.flushHeaders()
    const response = once(upload, 'response') as Promise<[IncomingMessage]>
    // The server is known to have the upload's head once a later request was served.
    await fetch(`http://127.0.0.1:${whoami.port}/health`).then((answer) => answer.text())
    const closed = whoami.close()
    upload.end('body')
    assert.equal(await text((await response)[0]), 'slow\n')
    await closed
    await assert.rejects(fetch(`http://127.0.0.1:${whoami.port}/health`))
  })

  it('runs until its signal aborts', async () => {
    const stop = new AbortController()
    const running = runWhoami(['--port=0'], stop.signal)
    stop.abort()
    await running
  })

  it('refuses a port that is none and flags it does not know', async () => {
    const { signal } = new AbortController()
    await assert.rejects(runWhoami(['--port', '99999'], signal), /"99999" is not a port/)
    await assert.rejects(runWhoami(['--prot', '80'], signal), /--prot 80": the only option is --port/)
  })
})
