import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { test } from 'node:test'
import type { HealthCheckConfig } from '../../../../src/model/service-config.ts'
import { certificate, key } from '../../../support/certificate.ts'
import { startOrigin, startRawOrigin } from '../../../support/origin.ts'
import { checked, down, localTarget, up } from './checking.ts'

/** The status it answers with, options, and the verdict. */
const statuses: readonly (readonly [number, Partial<HealthCheckConfig>, string])[] = [
  [200, {}, 'check passed'],
  [204, {}, 'check passed'],
  [304, {}, 'check passed'],
  [399, {}, 'check passed'],
  [400, {}, 'GET /health answered 400'],
  [503, {}, 'GET /health answered 503'],
  [503, { status: 503 }, 'check passed'],
  [200, { status: 204 }, 'GET /health answered 200'],
  [200, { status: 204, method: 'OPTIONS', path: 'a b/é?q=ü#part' }, 'OPTIONS /a%20b/%C3%A9?q=%C3%BC answered 200'],
]

for (const [status, options, reason] of statuses) {
  const wanted = options.status ?? 'a good status'
  test(`where ${wanted} is wanted, ${status} to ${options.method ?? 'GET'} means: ${reason}`, async () => {
    await using origin = await startOrigin((_, response) => response.writeHead(status).end())
    const verdict = await checked(localTarget(origin.port), options)
    assert.deepEqual(verdict, { up: reason === 'check passed', reason })
  })
}

test('what is asked: method, path, Host with the port, and no body, over a connection of its own', async () => {
  await using origin = await startRawOrigin((peer) => peer.send('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'))
  assert.deepEqual(await checked(localTarget(origin.port), { method: 'HEAD', path: 'ready' }), up)
  const [peer] = origin.peers
  const head = (await peer?.all()) ?? ''
  assert.match(head, /^HEAD \/ready HTTP\/1\.1\r\n/)
  assert.match(head, new RegExp(`\r\nhost: 127\\.0\\.0\\.1:${origin.port}\r\n`))
  assert.match(head, /\r\nconnection: close\r\n/i)
  assert.ok(head.endsWith('\r\n\r\n'))
})

/** Options, and the Host and the field x-probe that arrive. */
const fields: readonly (readonly [Partial<HealthCheckConfig>, string, string | undefined])[] = [
  [{ hostname: 'shop.test' }, 'shop.test', undefined],
  [{ hostname: 'shop.test', headers: new Map([['Host', 'other.test']]) }, 'other.test', undefined],
  [{ hostname: 'shop.test', headers: new Map([['X-Probe', 'yes']]) }, 'shop.test', 'yes'],
]

for (const [options, host, probe] of fields) {
  for (const scheme of ['http', 'h2c'] as const) {
    test(`over ${scheme} it is asked as ${host}, with ${probe ?? 'nothing'} besides`, async () => {
      let seen: unknown
      const answer = (request: { headers: Record<string, unknown> }, response: { end(): unknown }): void => {
        seen = [request.headers[':authority'] ?? request.headers['host'], request.headers['x-probe']]
        response.end()
      }
      await using server = scheme === 'h2c' ? createHttp2Server(answer) : createHttpServer(answer)
      const port = await listening(server)
      assert.deepEqual(await checked(localTarget(port), { ...options, scheme }), up)
      assert.deepEqual(seen, [host, probe])
    })
  }
}

test('another port than that of its requests may be checked', async () => {
  await using origin = await startOrigin((_, response) => response.end())
  assert.deepEqual(await checked(localTarget(1), { port: origin.port }), up)
})

test('a member may be checked over HTTP/2 without TLS', async () => {
  await using server = createHttp2Server((request, response) => {
    response.writeHead(request.url === '/health' ? 200 : 500).end()
  })
  const port = await listening(server)
  assert.deepEqual(await checked(localTarget(port), { scheme: 'h2c' }), up)
  assert.deepEqual(await checked(localTarget(port), { scheme: 'h2c', path: '/x' }), down('GET /x answered 500'))
})

test('the certificate of an https member must verify, as for requests, unless it is told otherwise', async () => {
  await using server = createTlsServer({ cert: certificate, key }, (_, response) => response.end())
  const target = localTarget(await listening(server), { scheme: 'https' })
  assert.deepEqual(await checked(target), down('its certificate is not trusted'))
  assert.deepEqual(await checked(target, {}, { rejectUnauthorized: false }), up)
  assert.deepEqual(await checked(target, {}, { ca: certificate }), up)
  assert.deepEqual(await checked({ ...target, host: 'localhost' }, {}, { ca: certificate }), up)
  // The scheme of the check counts before that of the member.
  assert.deepEqual(await checked({ ...target, scheme: 'http' }, { scheme: 'https' }, { ca: certificate }), up)
})

/** Where /health redirects to, which status with, and the verdict where everything else is 404; `OWN` is the member. */
const redirects: readonly (readonly [string, string, number, string, Partial<HealthCheckConfig>?])[] = [
  ['a path', '/lost', 302, 'GET /health, redirected, answered 404'],
  ['a relative path', 'lost', 301, 'GET /health, redirected, answered 404'],
  ['its own address', 'http://OWN/lost', 307, 'GET /health, redirected, answered 404'],
  [
    'the name it is asked as',
    'http://shop.test/lost',
    308,
    'GET /health, redirected, answered 404',
    { hostname: 'shop.test' },
  ],
  ['itself, for ever', '/health', 302, 'GET /health was redirected more than 10 times'],
  ['itself, but redirects are not followed', '/lost', 302, 'check passed', { followRedirects: false }],
  ['elsewhere', 'http://169.254.169.254/lost', 302, 'check passed'],
  ['elsewhere, without a scheme', '//169.254.169.254/lost', 302, 'check passed'],
  ['another port of its own', 'http://127.0.0.1:1/lost', 302, 'check passed'],
  ['another scheme', 'https://OWN/lost', 302, 'check passed'],
  ['a file', 'file:///etc/passwd', 302, 'check passed'],
  ['nowhere', 'http://[', 302, 'check passed'],
  ['elsewhere, where exactly 200 is wanted', 'http://other.test/', 302, 'GET /health answered 302', { status: 200 }],
  ['a path, with a status that is no redirect', '/lost', 304, 'check passed'],
]

for (const [name, location, status, reason, options] of redirects) {
  test(`a ${status} to ${name} means: ${reason}`, async () => {
    await using origin = await startOrigin((request, response) => {
      const to = location.replace('OWN', request.headers.host ?? '')
      if (request.url === '/health') response.writeHead(status, { location: to }).end()
      else response.writeHead(404).end()
    })
    const verdict = await checked(localTarget(origin.port), options)
    assert.deepEqual(verdict, { up: reason === 'check passed', reason })
  })
}

test('a redirect within the member is asked of the member, whatever its name', async () => {
  const asked: string[] = []
  await using origin = await startOrigin((request, response) => {
    asked.push(`${request.method} ${request.headers.host} ${request.url}`)
    if (request.url === '/health') response.writeHead(303, { location: 'http://shop.test/in?a=1#b' })
    response.end()
  })
  const verdict = await checked(localTarget(origin.port), { hostname: 'shop.test', method: 'POST' })
  assert.deepEqual(verdict, up)
  assert.deepEqual(asked, ['POST shop.test /health', 'GET shop.test /in?a=1'])
})

/** What a hostile or broken member sends at once, and the verdict. */
const answers: readonly (readonly [string, string, string, Partial<HealthCheckConfig>?])[] = [
  ['nothing', '', 'connection closed before an answer'],
  ['garbage', '\0\x01\xff garbage\r\n\r\n', 'answer is not http'],
  ['half a head', 'HTTP/1.1 200 OK\r\nx: ', 'connection closed before an answer'],
  ['a control character in a field', 'HTTP/1.1 200 OK\r\nx: \x07\0\r\n\r\n', 'answer is not http'],
  ['a status that is no number', 'HTTP/1.1 two OK\r\n\r\n', 'answer is not http'],
  ['a status beyond all', 'HTTP/1.1 999 \x1b[31mred\r\n\r\n', 'GET /health answered 999'],
  ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1e6)}`, 'head of the answer is too large'],
  ['fields without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(1e5)}`, 'head of the answer is too large'],
  [
    'a switch of protocols',
    'HTTP/1.1 101 \r\nupgrade: x\r\nconnection: upgrade\r\n\r\n\0\0',
    'GET /health answered 101',
  ],
  ['a switch to nothing', 'HTTP/1.1 101 Switching\r\n\r\n', 'GET /health answered 101'],
  ['interim answers without end', 'HTTP/1.1 103 \r\n\r\n'.repeat(1000), 'too many interim answers'],
  ['a few interim answers', `${'HTTP/1.1 103 \r\n\r\n'.repeat(9)}HTTP/1.1 200 OK\r\n\r\n`, 'check passed'],
  ['an answer and garbage', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n\0\0\0', 'check passed'],
  ['a body that breaks off', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nx', 'check passed'],
  ['a tunnel', 'HTTP/1.1 200 OK\r\n\r\nx', 'check passed', { method: 'CONNECT' }],
  ['plain text to TLS', 'HTTP/1.1 200 OK\r\n\r\n', 'tls handshake failed', { scheme: 'https' }],
  ['nothing to TLS', '', 'connection closed before an answer', { scheme: 'https' }],
  ['HTTP/1 to HTTP/2', 'HTTP/1.1 200 OK\r\n\r\n', 'no valid http/2 answer', { scheme: 'h2c' }],
  ['nothing to HTTP/2', '', 'connection closed before an answer', { scheme: 'h2c' }],
]

for (const [name, bytes, reason, options] of answers) {
  for (const end of ['ends', 'resets'] as const) {
    test(`a member that sends ${name} and ${end}: ${reason}`, async () => {
      await using origin = await startRawOrigin((peer) => {
        // Once it was asked, so that a reset cannot overtake the answer.
        peer.socket.once('data', () => {
          peer.socket.write(bytes, 'latin1', () => {
            if (end === 'ends') peer.socket.end()
            else setImmediate(() => peer.socket.resetAndDestroy())
          })
        })
      })
      const verdict = await checked(localTarget(origin.port), options)
      // What a reset overtakes is lost.
      if (end === 'resets' && verdict.reason === 'connection closed before an answer') assert.equal(verdict.up, false)
      else assert.deepEqual(verdict, { up: reason === 'check passed', reason })
    })
  }
}

/** Options that no request can be made of; labels refuse them, but a verdict is what a check gives. */
const impossible: readonly (readonly [Partial<HealthCheckConfig>, string])[] = [
  [{ method: 'G E T' }, 'method or header name of the check is not valid'],
  [{ hostname: 'a\r\nb' }, 'header or hostname of the check is not valid'],
  [{ headers: new Map([['a b', 'c']]) }, 'method or header name of the check is not valid'],
  [{ headers: new Map([['connection', 'close']]), scheme: 'h2c' }, 'method or header of the check is not valid'],
]

for (const [options, reason] of impossible) {
  test(`a check that cannot be sent, ${JSON.stringify(options)}, is a verdict`, async () => {
    await using origin = await startOrigin((_, response) => response.end())
    assert.deepEqual(await checked(localTarget(origin.port), options), down(reason))
  })
}

test('a port where nobody listens refuses', async () => {
  const server = createServer()
  const port = await listening(server)
  await server[Symbol.asyncDispose]()
  for (const options of [{}, { scheme: 'https' }, { scheme: 'h2c' }] as const) {
    assert.deepEqual(await checked(localTarget(port), options), down('connection refused'))
  }
})

test('a name that does not exist is a verdict', async () => {
  const { up: isUp, reason } = await checked(localTarget(80, { host: 'member.invalid' }))
  assert.equal(isUp, false)
  assert.match(reason, /^host name (is unknown|cannot be looked up)$/)
})

test('an answer that does not come ends at the timeout, redirects included', async () => {
  await using silent = await startRawOrigin()
  for (const scheme of ['http', 'https', 'h2c'] as const) {
    const verdict = await checked(localTarget(silent.port), { scheme, timeoutMs: 100 })
    assert.deepEqual(verdict, down('no answer within 100 ms'))
  }
  await Promise.all(silent.peers.map((peer) => peer.over))
  await using slow = await startOrigin((request, response) => {
    if (request.url === '/health') response.writeHead(302, { location: '/in' }).end()
  })
  assert.deepEqual(await checked(localTarget(slow.port), { timeoutMs: 100 }), down('no answer within 100 ms'))
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
