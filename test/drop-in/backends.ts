// What answers in the containers: everywhere the same, it tells what it was asked and where.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Listener } from './containers.ts'

export interface Seen {
  readonly service: string
  readonly container: string
  readonly network: string
  readonly method: string
  readonly url: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Why the files cannot be played here: they speak of ports like 80, on addresses like 127.2.1.3. False: they can. */
export async function whyNoPorts(): Promise<string | false> {
  const server = createServer().listen(80, '127.1.253.1')
  try {
    await once(server, 'listening')
    await server[Symbol.asyncDispose]()
    return false
  } catch (error) {
    return `cannot listen on port 80 of 127.1.253.1: ${(error as NodeJS.ErrnoException).code}`
  }
}

export async function openBackends(listeners: readonly Listener[]): Promise<AsyncDisposable> {
  // When one of them cannot have its port, the others must not keep the test alive for ever.
  await using stack = new AsyncDisposableStack()
  for (const listener of listeners) {
    const server = stack.adopt(
      createServer((request, response) => answer(listener, request, response)),
      closed,
    )
    server.listen(listener.port, listener.host)
    await once(server, 'listening')
  }
  return stack.move()
}

function answer({ service, container, network }: Listener, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headersDistinct } = request
  const headers = Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join('\n')] as const)
  const seen: Seen = { service, container, network, method, url, headers: Object.fromEntries(headers) }
  // Fields that a middleware may be asked to take away or replace.
  response.setHeader('Server', 'backend/1.0')
  response.setHeader('X-Powered-By', 'backend')
  response.setHeader('X-Answered-By', container)
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(seen))
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  if (server.listening) await server[Symbol.asyncDispose]()
}
