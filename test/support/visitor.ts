// One client: one connection, one cookie jar, one Host. What a browser is to the proxy, without the browser.
import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface VisitorOptions {
  readonly port: number
  readonly host: string
}

const answerCeilingMs = 10_000

export class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #options: VisitorOptions

  constructor(options: VisitorOptions) {
    this.#options = options
  }

  /** Rejects when no answer came within ten seconds. */
  async get(path: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const { port, host } = this.#options
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { host, accept: 'application/json', ...(cookie && { cookie }) }
    const signal = AbortSignal.timeout(answerCeilingMs)
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: this.#agent, signal }, (response) => {
      for (const field of response.headers['set-cookie'] ?? []) this.#keep(field)
      buffer(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString() }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end()
    return promise
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  #keep(field: string): void {
    const [pair = ''] = field.split(';')
    const equals = pair.indexOf('=')
    this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1))
  }
}
