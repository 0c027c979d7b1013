// The load on a proxy over HTTP: wrk with 32 keep-alive connections, and single requests to get it going.
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { SetupError, attempt } from '../../compose/setup/run.ts'
import { programPath } from './peers/peer.ts'

/** What one run of a load came to. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  /** Answers that were not 2xx or 3xx, connections that failed, and requests without an answer. */
  readonly errors: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The requests of a load; they are sent in turn. */
export interface Traffic {
  readonly method: 'GET' | 'POST'
  readonly bodyBytes: number
  readonly path: string
  readonly variants: readonly { readonly host: string; readonly cookie: string }[]
}

export const connections = 32

export async function runWrk(port: number, traffic: Traffic, seconds: number): Promise<Load> {
  const { method, bodyBytes, path, variants } = traffic
  const shape = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', join(import.meta.dirname, 'wrk.lua')]
  const what = [method, String(bodyBytes), path, ...variants.flatMap(({ host, cookie }) => [host, cookie])]
  const { output } = await attempt(programPath('wrk'), [...shape, `http://127.0.0.1:${port}`, '--', ...what])
  const figures = /^RESULT (.+)$/m.exec(output)?.[1]?.split(' ').map(Number)
  if (figures === undefined) throw new SetupError(`wrk has no result: ${output.trim()}`)
  const [requests = 0, durationUs = 0, refused = 0, broken = 0, p50Us = 0, p99Us = 0] = figures
  return { requests, seconds: durationUs / 1e6, errors: refused + broken, p50Ms: p50Us / 1e3, p99Ms: p99Us / 1e3 }
}

export interface Answer {
  readonly status: number
  readonly bytes: number
  readonly headers: IncomingHttpHeaders
}

/** One GET on a connection of its own. */
export function get(port: number, path: string, host: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers: { host }, agent: false, timeout: 5000 }
    const sent = request(options, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, headers: response.headers }))
      response.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer within 5 s')))
    sent.on('error', reject).end()
  })
}

/** The sticky cookies that lead to the backends, one for each, as two new visitors would get them. */
export async function stickyCookies(port: number, path: string, host: string): Promise<string[]> {
  const cookies = new Set<string>()
  for (let visitor = 0; visitor < 20 && cookies.size < 2; visitor++) {
    const { headers } = await get(port, path, host)
    for (const cookie of headers['set-cookie'] ?? []) cookies.add(cookie.split(';')[0] ?? '')
  }
  if (cookies.size < 2) throw new SetupError(`20 new visitors got ${cookies.size} sticky cookies; 2 are expected`)
  return [...cookies]
}

/** The value below which this share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN
}
