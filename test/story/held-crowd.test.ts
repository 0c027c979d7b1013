// Thousands of requests for a service that has nobody: as many as may wait do, the others are told so at once, and no other
// service notices.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { composed, startFakeEngine } from '../support/fake-engine.ts'
import type { FakeEngine } from '../support/fake-engine.ts'

const port = 17_000 + (process.pid % 1000)
const held = 400
const all = 2000

test('of two thousand requests as many wait as may, the others are 503 at once, and the next service is answered', async () => {
  await using engine = await startFakeEngine()
  await using _near = await listenAt('127.0.78.1')
  engine.add(replica('near', '127.0.78.1'))
  engine.add(replica('crowded', '127.0.78.2'))
  await using muster = await startMuster(
    `--providers.docker.endpoint=${engine.endpoint}`,
    `--hold.maxRequests=${held}`,
    '--hold.timeout=120s',
  )
  await muster.logged(({ fields }) => fields['after'] === 'ready')
  await using crowd = new Crowd(muster.port)

  for (let come = 0; come < all; come += 100) {
    await crowd.come(100)
    assert.equal((await ask(muster.port, '/', { host: 'near.example' })).status, 200)
  }
  await eventually(() => assert.equal(crowd.answers.length, all - held), 20_000)
  for (const answer of crowd.answers) {
    assert.match(answer, /^HTTP\/1\.1 503 /)
    assert.match(answer, /\r\nRetry-After: 5\r\n/)
    assert.match(answer, /\r\n\r\nno available server: too many requests wait for one\n$/)
  }

  // Whoever has none of the places gets one of those the crowd has taken.
  await crowd.come(1, '127.0.0.2')
  await eventually(() => assert.equal(crowd.answers.length, all - held + 1), 20_000)
  crowd.answers.length = 0
  const member = await listenAt('127.0.78.2')
  await using _crowded = member
  await eventually(() => assert.equal(crowd.answers.length, held), 20_000)
  for (const answer of crowd.answers) assert.match(answer, /^HTTP\/1\.1 200 /)
  assert.equal(member.served, held)
  assert.equal(muster.log.filter(({ level }) => level === 'error').length, 0)
})

/** Requests for the crowded service, each on a connection of its own. */
class Crowd implements AsyncDisposable {
  readonly answers: string[] = []
  readonly #port: number
  readonly #sockets: Socket[] = []

  constructor(edgePort: number) {
    this.#port = edgePort
  }

  /** Resolves once all are sent. */
  async come(count: number, from = '127.0.0.1'): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#send(from)))
  }

  async #send(localAddress: string): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, localAddress })
    this.#sockets.push(socket)
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: crowded.example\r\nConnection: close\r\n\r\n')
    // One that is cut off shows in what did not come.
    void text(socket).then(
      (answer) => this.answers.push(answer),
      () => undefined,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#sockets.splice(0).map(async (socket) => {
        if (socket.closed) return
        socket.destroy()
        await once(socket, 'close')
      }),
    )
  }
}

function replica(name: string, address: string): Parameters<FakeEngine['add']>[0] {
  return composed(name, 'web', 1, {
    networks: { shop: address },
    labels: {
      [`muster.http.routers.${name}.rule`]: `Host(\`${name}.example\`)`,
      [`muster.http.services.${name}.loadbalancer.server.port`]: String(port),
    },
  })
}

async function listenAt(address: string): Promise<AsyncDisposable & { readonly served: number }> {
  let served = 0
  const server = createServer((request, response) => {
    served++
    request.resume()
    response.end('here')
  })
  server.listen(port, address)
  await once(server, 'listening')
  return {
    get served() {
      return served
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
