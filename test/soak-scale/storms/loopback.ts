// Members of a fake engine: each has an address of its own on the loopback network, and one listener answers for all of them,
// as the load expects it.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { composed } from '../../support/fake-engine.ts'
import type { FakeContainer } from '../../support/fake-engine.ts'

export class Loopback implements AsyncDisposable {
  readonly #server: Server
  #addresses = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<Loopback> {
    const server = createServer((request, response) => void answer(request, response))
    // One that closes idle connections loses the POST that is just on its way, and nobody could help that.
    server.keepAliveTimeout = 0
    await once(server.listen(0, '0.0.0.0'), 'listening')
    return new Loopback(server)
  }

  /** A replica of a service below a path of its own. */
  onPath(name: string, number: number): FakeContainer {
    return this.#container(name, number, {
      [`traefik.http.routers.${name}.rule`]: `PathPrefix(\`/${name}\`)`,
    })
  }

  /** A service on a host of its own, with a middleware. */
  onHost(name: string): FakeContainer {
    return this.#container(name, 1, {
      [`traefik.http.routers.${name}.rule`]: `Host(\`${hostOf(name)}\`) && PathPrefix(\`/api\`)`,
      [`traefik.http.routers.${name}.middlewares`]: `${name}-strip`,
      [`traefik.http.middlewares.${name}-strip.stripprefix.prefixes`]: '/api',
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await this.#server[Symbol.asyncDispose]()
  }

  #container(name: string, number: number, labels: Readonly<Record<string, string>>): FakeContainer {
    const { port } = this.#server.address() as AddressInfo
    const index = this.#addresses++
    const address = `127.${1 + (index >> 14)}.${(index >> 7) & 127}.${(index & 127) + 1}`
    return composed('storms', name, number, {
      exposed: [`${port}/tcp`],
      networks: { storms_default: address },
      networkMode: 'storms_default',
      labels: { ...labels, [`traefik.http.services.${name}.loadbalancer.server.port`]: String(port) },
    })
  }
}

export function hostOf(name: string): string {
  return `${name}.example.com`
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const hash = createHash('sha1')
    for await (const chunk of request) hash.update(chunk as Buffer)
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ id: request.headers['x-soak-id'], sha1: hash.digest('hex') }))
  } catch {
    // The proxy went away in the middle.
    response.destroy()
  }
}
