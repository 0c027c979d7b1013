// A graceful stop under load (bar L15): whoever does as it is told, and does not send on a connection it was told is
// closing, loses nothing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import { startMuster } from '../support/app.ts'
import { configFile, openMember } from '../support/file-config.ts'

const clients = 16
/** Of all clients together, before the stop. */
const warmUp = 400

for (const threads of [0, 2]) {
  test(`a stop with ${threads} threads fails no request of ${clients} clients that never pause`, async () => {
    await using a = await openMember('a')
    await using b = await openMember('b')
    await using config = await configFile(`
http:
  routers: { r: { rule: "PathPrefix(\`/\`)", service: s } }
  services: { s: { loadBalancer: { servers: [{ url: '${a.url}' }, { url: '${b.url}' }] } } }
`)
    const muster = await startMuster(`--threads=${threads}`, `--providers.file.filename=${config.path}`)
    await muster.logged(({ message }) => message === 'configuration updated')
    let answered = 0
    const warm = Promise.withResolvers<void>()
    const running = Array.from({ length: clients }, (_, client) =>
      askOn(muster.port, client % 2 === 0 ? 'GET' : 'POST', () => {
        answered++
        if (answered === warmUp) warm.resolve()
      }),
    )
    await Promise.race([warm.promise, ...running])
    const before = answered
    await muster[Symbol.asyncDispose]()
    assert.deepEqual(
      await Promise.all(running),
      Array.from({ length: clients }, () => 'ECONNREFUSED'),
    )
    assert.ok(answered >= before)
  })
}

/** Asks on one connection, on another one when told that it closes, until that is refused; resolves with how it ended. */
async function askOn(port: number, method: string, onAnswer: () => void): Promise<string> {
  using agent = new DisposableAgent({ keepAlive: true, maxSockets: 1 })
  for (;;) {
    try {
      const sent = request({ host: '127.0.0.1', port, method, agent })
      sent.end(method === 'POST' ? 'some body' : undefined)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      await text(response)
      if (response.statusCode !== 200) return `status ${response.statusCode}`
      onAnswer()
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error)
    }
  }
}

class DisposableAgent extends Agent {
  [Symbol.dispose](): void {
    this.destroy()
  }
}
