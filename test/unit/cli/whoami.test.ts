import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { openWhoami, runWhoami } from '../../../src/cli/whoami.ts'
import type { Seen } from '../../../src/cli/whoami.ts'
import { readFlags } from '../../../src/cli/whoami-flags.ts'
import { eventually } from '../../support/eventually.ts'

const accept = 'application/json'

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

  it('as a Tomcat: a session ends in its route, and is replaced where it is not known', async () => {
    await using whoami = await openWhoami(0, 'tomcat1')
    const origin = `http://127.0.0.1:${whoami.port}`
    const get = (path: string, cookie = '') => fetch(`${origin}${path}`, { headers: { cookie, accept } })
    const first = await get('/shop')
    const [cookie = ''] = first.headers.get('set-cookie')?.split(';') ?? []
    assert.match(cookie, /^JSESSIONID=[0-9A-F]{32}\.tomcat1$/)
    const second = await get('/shop', cookie)
    assert.equal(second.headers.get('set-cookie'), null)
    const { visits, link } = await seen(second)
    assert.deepEqual({ visits, link }, { visits: 2, link: '/shop' })

    const foreign = await get('/shop', 'JSESSIONID=0123.tomcat2')
    assert.match(foreign.headers.get('set-cookie') ?? '', /^JSESSIONID=[0-9A-F]{32}\.tomcat1;/)
    assert.equal((await seen(foreign)).visits, 1)
  })

  it('as a Tomcat: who keeps no cookies follows links with their session in it', async () => {
    await using whoami = await openWhoami(0, 'tomcat1')
    const origin = `http://127.0.0.1:${whoami.port}`
    const first = await seen(await fetch(`${origin}/shop?x=1`, { headers: { accept } }))
    assert.match(first.link ?? '', /^\/shop;jsessionid=[0-9A-F]{32}\.tomcat1$/)
    const second = await fetch(`${origin}${first.link}`, { headers: { accept } })
    assert.equal(second.headers.get('set-cookie'), null)
    const { visits, link } = await seen(second)
    assert.deepEqual({ visits, link }, { visits: 2, link: first.link })
  })

  it('has a page whose links and assets carry the session', async () => {
    await using whoami = await openWhoami(0, 'tomcat1')
    const origin = `http://127.0.0.1:${whoami.port}`
    const page = await (await fetch(`${origin}/page`)).text()
    const addresses = [...page.matchAll(/(?:href|src)="(page[^"]*)"/g)].map(([, address = '']) => address)
    assert.equal(addresses.length, 4)
    const types: (string | null)[] = []
    for (const address of addresses) {
      assert.match(address, /;jsessionid=[0-9A-F]{32}\.tomcat1$/)
      types.push((await fetch(new URL(address, `${origin}/page`))).headers.get('content-type'))
    }
    assert.deepEqual(types, ['text/css', 'image/svg+xml', 'text/html; charset=utf-8', 'text/javascript'])
  })

  it('refuses connections for as long as it is asked to', async () => {
    await using whoami = await openWhoami(0)
    const url = `http://127.0.0.1:${whoami.port}/refuse?ms=`
    assert.equal(await (await fetch(`${url}60000`)).text(), 'refusing\n')
    await assert.rejects(fetch(url))
    await whoami.close()

    await using other = await openWhoami(0)
    const origin = `http://127.0.0.1:${other.port}`
    await (await fetch(`${origin}/refuse?ms=1`)).text()
    await eventually(async () => assert.equal((await fetch(`${origin}/health`)).status, 200), 5000)
  })

  it(
    'does not wait for an answer whose client has left when it is told to stop',
    { timeout: 20_000 },
    async ({ signal }) => {
      const main = join(import.meta.dirname, '../../../src/main.ts')
      const whoami = spawn(process.execPath, [main, 'whoami', '--port=0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
        signal,
      })
      const exited = once(whoami, 'exit')
      const [line] = (await once(whoami.stdout, 'data')) as [Buffer]
      const socket = connect(Number(/:(\d+)\n/.exec(String(line))?.[1]), '127.0.0.1')
      // That it may continue shows that its request is under way.
      socket.write('GET /slow?ms=60000 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n')
      await once(socket, 'data')
      socket.destroy()
      whoami.kill('SIGTERM')
      assert.deepEqual(await exited, [0, null])
    },
  )

  it('runs until its signal aborts', async () => {
    const stop = new AbortController()
    const running = runWhoami(['--port=0'], stop.signal)
    stop.abort()
    await running
  })

  it('takes its host name for a route, as Tomcat does', () => {
    assert.deepEqual(readFlags(['--jvm-route=${HOSTNAME}']), { port: 80, jvmRoute: hostname() })
  })

  it('refuses a port that is none and flags it does not know', async () => {
    const { signal } = new AbortController()
    await assert.rejects(runWhoami(['--port', '99999'], signal), /"99999" is not a port/)
    await assert.rejects(runWhoami(['--jvm-route', 'a b'], signal), /"a b" is not a route/)
    await assert.rejects(runWhoami(['--prot', '80'], signal), /--prot 80": the only options are --port and --jvm-route/)
  })
})
