// The backend of the soak, in a container of its own: notes each request before it acts and after it has answered, and ends
// as its MANNER says. It imports nothing of the project: the image holds this one file.
import { createHash } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server as TcpServer } from 'node:net'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'

const { MANNER: manner = 'graceful', LISTEN_AFTER_MS: listenAfterMs = '0', SERVICE_MS: serviceMs = '10' } = process.env
/** Clients that keep an idle connection must not keep a container. */
const lingerMs = 5000
const eatenAtOnce = 8 << 20

// Appended to without a buffer: what is noted is there, however this process ends.
const notes = openSync(`/notes/${hostname()}`, 'a')
const server = createServer((request, response) => void answer(request, response))
const endings: Readonly<Record<string, (() => void) | undefined>> = {
  /** Finishes what is under way and takes what still comes on open connections; whoever holds them closes them. */
  graceful() {
    // Not http's own `close`: that closes idle connections as well, and with them requests just on the way.
    TcpServer.prototype.close.call(server, () => process.exit())
    setTimeout(() => process.exit(), lingerMs).unref()
  },
  /** As the servers of Node's and Go's standard libraries: idle connections are closed at once. */
  tidy() {
    server.close(() => process.exit())
  },
  abrupt: () => process.exit(),
}
process.on('SIGTERM', () => endings[manner]?.())
process.on('SIGUSR2', eat)
await delay(Number(listenAfterMs))
server.listen(80, () => note('listening', '-'))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = String(request.headers['x-soak-id'])
  note('came', id)
  response.on('finish', () => note('answered', id))
  try {
    const hash = createHash('sha1')
    for await (const chunk of request) hash.update(chunk as Buffer)
    await delay(Number(serviceMs))
    if (!server.listening) response.setHeader('Connection', 'close')
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ id, sha1: hash.digest('hex'), member: hostname() }))
  } catch {
    // The proxy went away in the middle.
    response.destroy()
  }
}

/** Takes memory until the kernel ends it. */
function eat(): void {
  const eaten: Buffer[] = []
  setInterval(() => eaten.push(Buffer.alloc(eatenAtOnce, 1)), 5)
}

function note(what: string, id: string): void {
  writeSync(notes, `${what} ${id} ${(performance.timeOrigin + performance.now()).toFixed(1)}\n`)
}
