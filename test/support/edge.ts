// A real entrypoint around one handler, and a client that shows an answer as it came.
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { openEntrypoint } from '../../src/entrypoint/entrypoint.ts'
import type { Entrypoint } from '../../src/entrypoint/entrypoint.ts'
import type { Handler } from '../../src/exchange/exchange.ts'
import { byDefault } from './entrypoint-options.ts'

export function openEdge(handler: Handler): Promise<Entrypoint> {
  return openEntrypoint({
    name: 'edge',
    host: '127.0.0.1',
    port: 0,
    ...byDefault,
    handler: () => handler,
    onError(error) {
      throw error
    },
  })
}

export interface Answer {
  readonly status: number
  /** Lower-case name → every value, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

export interface Ask {
  readonly method?: string
  readonly host?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request on a connection of its own. */
export async function ask(
  port: number,
  path: string,
  { method = 'GET', host, fields = {}, body }: Ask = {},
): Promise<Answer> {
  const headers = host === undefined ? fields : { ...fields, host }
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const pairs = Array.from({ length: response.rawHeaders.length / 2 }, (_, i) =>
    response.rawHeaders.slice(2 * i, 2 * i + 2),
  )
  const byName = Map.groupBy(pairs, ([name = '']) => name.toLowerCase())
  return {
    status: response.statusCode ?? 0,
    fields: new Map([...byName].map(([name, all]) => [name, all.map(([, value = '']) => value)])),
    body: (await buffer(response)).toString(),
  }
}
