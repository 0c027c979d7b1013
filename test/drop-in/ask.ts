// Asks what a file expects to be answered, over real connections, and tells what came out differently.
import { once } from 'node:events'
import { get, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json, text } from 'node:stream/consumers'
import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../../src/settings/settings.ts'
import type { Seen } from './backends.ts'
import type { RequestExpectation } from './expectations.ts'

interface Answer {
  readonly status: number
  readonly fields: ReadonlyMap<string, string>
  readonly body: string
  /** What the service saw; undefined when none answered. */
  readonly seen: Seen | undefined
}

/** A list of Muster's API, over a connection that is not kept. */
export async function askApi<T>(url: string): Promise<readonly T[]> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${await text(response)}`)
  return (await json(response)) as readonly T[]
}

/** One line for each thing that is not as expected. */
export async function ask(expected: RequestExpectation, entryPoints: Settings['entryPoints']): Promise<string[]> {
  const answer = await send(expected, entryPoints)
  const wrong = compare(expected, answer)
  if (expected.spread !== undefined) wrong.push(...(await askAgain(expected, entryPoints, answer)))
  if (expected.sticks !== undefined) wrong.push(...(await askWithCookies(expected, entryPoints, answer)))
  return wrong.map((line) => `${expected.method ?? 'GET'} ${expected.get} ${line}`)
}

async function send(
  { get: url, method = 'GET', headers = {}, from }: RequestExpectation,
  entryPoints: Settings['entryPoints'],
  cookies = '',
): Promise<Answer> {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?]*)(.*)$/.exec(url) ?? []
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? 80)
  const entryPoint = [...entryPoints.values()].find((candidate) => candidate.port === port)
  if (entryPoint?.host === undefined) throw new Error(`no entrypoint listens on port ${port}`)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = request(
    {
      host: entryPoint.host,
      port,
      path: path === '' || path.startsWith('?') ? `/${path}` : path,
      method,
      agent: false,
      signal: AbortSignal.timeout(5000),
      headers: { host: authority, ...(cookies !== '' && { cookie: cookies }), ...headers },
      ...(from !== undefined && { localAddress: from }),
    },
    resolve,
  )
  sent.on('error', reject)
  sent.end()
  return read(await promise)
}

async function read(response: IncomingMessage): Promise<Answer> {
  const body = await text(response)
  const fields = Object.entries(response.headersDistinct).map(
    ([name, values = []]) => [name, values.join('\n')] as const,
  )
  const byBackend = response.headers['x-answered-by'] !== undefined
  return {
    status: response.statusCode ?? 0,
    fields: new Map(fields),
    body,
    seen: byBackend && body !== '' ? (JSON.parse(body) as Seen) : undefined,
  }
}

function compare(expected: RequestExpectation, { status, fields, body, seen }: Answer): string[] {
  const wrong: string[] = []
  const expect = (what: string, actual: unknown, wanted: unknown): void => {
    if (actual !== wanted) wrong.push(`${what}: ${String(actual)}, not ${String(wanted)}`)
  }
  expect('status', status, expected.status)
  if (expected.service !== undefined) expect('service', seen?.service, expected.service)
  if (expected.network !== undefined) expect('network', seen?.network, expected.network)
  if (expected.path !== undefined) expect('path', seen?.url, expected.path)
  for (const [name, wanted] of Object.entries(expected.sees ?? {})) {
    if (!meets(seen?.headers[name.toLowerCase()], wanted)) {
      wrong.push(`service sees ${name}: ${seen?.headers[name.toLowerCase()]}, not ${wanted}`)
    }
  }
  for (const [name, wanted] of Object.entries(expected.fields ?? {})) {
    const actual = fields.get(name.toLowerCase())
    if (!meets(actual, wanted)) wrong.push(`${name}: ${actual}, not ${wanted}`)
  }
  if (expected.body !== undefined && !new RegExp(expected.body).test(body)) {
    wrong.push(`body: ${body.slice(0, 400)}, not ${expected.body}`)
  }
  return wrong.length > 0 && status !== expected.status ? [...wrong, `body: ${body.slice(0, 200)}`] : wrong
}

function meets(actual: string | undefined, wanted: string | null): boolean {
  if (wanted === null) return actual === undefined
  const expression = /^\/(.*)\/$/s.exec(wanted)?.[1]
  if (expression === undefined || actual === undefined) return actual === wanted
  return new RegExp(expression).test(actual)
}

async function askAgain(
  expected: RequestExpectation,
  entryPoints: Settings['entryPoints'],
  first: Answer,
): Promise<string[]> {
  const wanted = expected.spread ?? {}
  const times = Object.values(wanted).reduce((sum, count) => sum + count, 0)
  const counts = new Map<string, number>()
  const count = ({ seen }: Answer): void =>
    void counts.set(seen?.container ?? 'nobody', (counts.get(seen?.container ?? 'nobody') ?? 0) + 1)
  count(first)
  for (let i = 1; i < times; i++) count(await send(expected, entryPoints))
  const actual = Object.fromEntries(counts)
  return isDeepStrictEqual(actual, wanted) ? [] : [`answers: ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`]
}

async function askWithCookies(
  expected: RequestExpectation,
  entryPoints: Settings['entryPoints'],
  first: Answer,
): Promise<string[]> {
  const setCookies = first.fields.get('set-cookie')?.split('\n') ?? []
  const cookies = setCookies.map((cookie) => cookie.split(';')[0]).join('; ')
  for (let i = 0; i < (expected.sticks ?? 0); i++) {
    const { seen, fields } = await send(expected, entryPoints, cookies)
    if (seen?.container !== first.seen?.container) return [`went to ${seen?.container}, not ${first.seen?.container}`]
    if (fields.has('set-cookie')) return [`got another cookie: ${fields.get('set-cookie')}`]
  }
  return []
}
