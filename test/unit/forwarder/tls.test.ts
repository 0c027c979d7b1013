// Members that speak HTTPS.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { test } from 'node:test'
import { certificate, key } from '../../support/certificate.ts'
import { connectRaw } from '../../support/raw-peer.ts'
import { memberAt, startFront } from './front.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function startSecureOrigin(): Promise<{ server: Server; port: number } & AsyncDisposable> {
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const socket = request.socket as TLSSocket & { servername?: string | false }
    response.end(`hello ${socket.servername || 'without a name'}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('an https member with a certificate that verifies is forwarded to, over one connection', async () => {
  await using origin = await startSecureOrigin()
  let connections = 0
  origin.server.on('secureConnection', () => connections++)
  await using front = await startFront(memberAt(origin.port, { scheme: 'https' }), { ca: certificate })
  await using client = await connectRaw(front.port, get + get)
  await front.outcome(1)
  assert.match(await client.until('name'), /hello without a name/)
  client.received = ''
  client.send(get)
  await client.until('name')
  assert.ok(connections <= 2)
  assert.ok(front.member.row.from > 0)
})

test('a member with a host name is asked for by that name', async () => {
  await using origin = await startSecureOrigin()
  const member = memberAt(origin.port, { scheme: 'https', host: 'localhost' })
  await using front = await startFront(member, { ca: certificate, connectTimeoutMs: 5000 })
  await using client = await connectRaw(front.port, get)
  await client.until('hello localhost')
})

test('an https member whose certificate does not verify gets nothing', async () => {
  await using origin = await startSecureOrigin()
  let requests = 0
  origin.server.on('request', () => requests++)
  origin.server.on('tlsClientError', () => {})
  await using front = await startFront(memberAt(origin.port, { scheme: 'https' }))
  await using client = await connectRaw(front.port, get)
  assert.match(await client.until('sent=false'), /^HTTP\/1\.1 502 [^]*unreachable/)
  assert.equal(requests, 0)
})

test('verification can be switched off', async () => {
  await using origin = await startSecureOrigin()
  await using front = await startFront(memberAt(origin.port, { scheme: 'https' }), { rejectUnauthorized: false })
  await using client = await connectRaw(front.port, get)
  await client.until('hello')
})
