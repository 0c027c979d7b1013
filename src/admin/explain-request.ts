// The request a question is about: which entrypoint it would reach, and what that would make of its head.
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { RequestHead } from '../exchange/exchange.ts'
import { canonicalIp, compileTrust } from '../entrypoint/forwarded-headers.ts'
import { compileHeadRules } from '../entrypoint/head-rules.ts'
import { readHead } from '../entrypoint/request-head.ts'
import { internalEntryPoint } from '../settings/settings.ts'
import type { EntryPointSettings, Settings } from '../settings/settings.ts'

export type AskedRequest =
  | { readonly ok: true; readonly entryPoint: ChosenEntryPoint; readonly head: RequestHead }
  | {
      readonly ok: false
      readonly entryPoint: ChosenEntryPoint | undefined
      readonly status: number
      readonly reason: string
    }

export interface ChosenEntryPoint {
  readonly name: string
  /** Why this one. */
  readonly reason: string
}

/** An address for examples (RFC 5737): nobody's rule can mean it. */
const someClient = '192.0.2.1'

/** Every rule is held against it, by the thread that also listens to Docker: a rule may take a millisecond for a thousand characters. */
const questionLengthMax = 8192

/** Of `url`, `method`, `client`, `entrypoint` and any number of `header`s (`Name: value`). */
export function askedRequest(query: URLSearchParams, settings: Settings): AskedRequest {
  const length = [...query.values()].reduce((sum, value) => sum + value.length, 0)
  if (length > questionLengthMax) {
    const reason = `the question has ${length} characters; the limit is ${questionLengthMax}`
    return { ok: false, entryPoint: undefined, status: 400, reason }
  }
  const text = query.get('url') ?? ''
  const [matched, scheme = 'http', authority = '', target = ''] = /^(?:(https?):\/\/)?([^/?#]*)(.*)$/is.exec(text) ?? []
  if (matched === undefined || authority === '') {
    return { ok: false, entryPoint: undefined, status: 400, reason: 'url is not one: write http://host/path' }
  }
  const secure = scheme.toLowerCase() === 'https'
  const entryPoint = chooseEntryPoint(query.get('entrypoint'), portOf(authority, secure), settings)
  const options = entryPoint && settings.entryPoints.get(entryPoint.name)
  if (entryPoint === undefined || options === undefined) {
    const reason = `there is no entrypoint "${query.get('entrypoint')}"`
    return { ok: false, entryPoint: undefined, status: 404, reason }
  }
  const clientIp = canonicalIp(query.get('client') ?? someClient)
  if (isIP(clientIp) === 0) return { ok: false, entryPoint, status: 400, reason: 'client is not an IP address' }
  const method = query.get('method') ?? 'GET'
  if (!token.test(method)) return { ok: false, entryPoint, status: 400, reason: 'method is not one' }
  const headers = query.getAll('header')
  if (!headers.every(isField)) {
    return { ok: false, entryPoint, status: 400, reason: 'a header is not one: write Name: value' }
  }
  const path = target.startsWith('/') ? target : `/${target}`
  const rawHeaders = headerFields(headers, authority)
  // All that is read of a message; the entrypoint's own code judges it.
  const message = { method, url: path, rawHeaders, httpVersion: '1.1' } as IncomingMessage
  const peer = { clientIp, secure, trusted: compileTrust(options.forwardedHeaders)(clientIp) }
  const arrival = readHead(message, peer, headRules(options), false)
  if (arrival.kind === 'refusal') {
    return { ok: false, entryPoint, status: arrival.status, reason: arrival.reason }
  }
  return { ok: true, entryPoint, head: { ...arrival.head, secure } }
}

/** What no parser lets in is no request; what the entrypoint itself refuses, it refuses here too. */
const token = /^[\w!#$%&'*+.^`|~-]+$/

function isField(header: string): boolean {
  const colon = header.indexOf(':')
  return token.test(header.slice(0, Math.max(colon, 0)).trim()) && !/[^\t\x20-\x7e\x80-\uffff]/.test(header)
}

function headRules(options: EntryPointSettings): ReturnType<typeof compileHeadRules> {
  return compileHeadRules(options, options.limits.maxHeaderFields)
}

function portOf(authority: string, secure: boolean): number {
  return Number(/:(\d+)$/.exec(authority)?.[1] ?? (secure ? 443 : 80))
}

function headerFields(headers: readonly string[], authority: string): string[] {
  const fields = headers.flatMap((header) => {
    const colon = header.indexOf(':')
    return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()]
  })
  const namesHost = fields.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return namesHost ? fields : ['Host', authority, ...fields]
}

/** The one that was asked for, or listens on the URL's port; else a usual one, since ports may be published as others. */
function chooseEntryPoint(asked: string | null, port: number, { entryPoints }: Settings): ChosenEntryPoint | undefined {
  if (asked !== null) return entryPoints.has(asked) ? { name: asked, reason: 'asked for' } : undefined
  const all = [...entryPoints]
  const [listening] = all.find(([, options]) => options.port === port) ?? []
  if (listening !== undefined) return { name: listening, reason: `listens on :${port}` }
  const [usual] = all.find(([, { asDefault }]) => asDefault) ?? all.find(([name]) => name !== internalEntryPoint) ?? []
  if (usual === undefined) return undefined
  return { name: usual, reason: `none listens on :${port}, which may be published for this one` }
}
