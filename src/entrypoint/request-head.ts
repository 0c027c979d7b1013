// Turns what node:http parsed into the canonical request, or into the reason why an edge must refuse it. Node's parser is
// strict about bytes; what it lets through that two parsers could read differently is refused here, before any routing.
import type { IncomingMessage } from 'node:http'
import type { Framing, RequestHead } from '../exchange/exchange.ts'
import { parseAuthority } from './authority.ts'
import { addForwarded } from './forwarded-headers.ts'
import type { Peer } from './forwarded-headers.ts'
import type { HeadRules } from './head-rules.ts'
import { readFields } from './request-fields.ts'
import type { RequestFields } from './request-fields.ts'
import { parseTarget } from './request-target.ts'

/** What every exchange is made of. */
export interface Arrival {
  readonly kind: 'arrival'
  readonly head: RequestHead
  readonly hostField: string | undefined
  readonly fields: string[]
  readonly framing: Framing
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
}

/** An answer given before routing; the connection is not used again. */
export interface Refusal {
  readonly kind: 'refusal'
  readonly status: number
  /** Lower case, without anything the client sent. */
  readonly reason: string
}

/** Ten digits and more than any body there is, and exact as a number. */
const contentLengthDigitsMax = 15
const noFraming: Framing = { kind: 'none' }
const chunkedFraming: Framing = { kind: 'chunked' }

export function readHead(request: IncomingMessage, peer: Peer, rules: HeadRules, upgrade: boolean): Arrival | Refusal {
  const { rawHeaders, httpVersion } = request
  // Node's own limit is off: it drops what is past it, and a dropped Transfer-Encoding still frames the message.
  if (rawHeaders.length > rules.maxHeaderFields * 2) return refusal(431, 'too many header fields')
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refusal(400, 'only HTTP/1.0 and HTTP/1.1 are spoken here')

  if (rules.refusesUnderscores && hasUnderscore(rawHeaders)) return refusal(400, 'a field name has an underscore')

  const fields = readFields(rawHeaders, peer.trusted, rules)
  if (fields.host === undefined && httpVersion === '1.1') return refusal(400, 'the Host field is missing')
  const sentAuthority = fields.host === undefined ? undefined : parseAuthority(fields.host)
  if (fields.host !== undefined && sentAuthority === undefined) return refusal(400, 'the Host field is not a host')

  const method = request.method ?? ''
  const rawTarget = request.url ?? ''
  if (rawTarget === '*' && method === 'OPTIONS') return refusal(200, '')
  const target = parseTarget(rawTarget, rules)
  if (target === undefined) return refusal(400, 'the request target is not a path')

  // RFC 9112 section 3.2.2: the authority of an absolute-form target replaces the Host field.
  const hostField = target.authority ?? fields.host
  const authority = target.authority === undefined ? sentAuthority : parseAuthority(target.authority)
  if (hostField !== undefined && authority === undefined) return refusal(400, 'the request target has no valid host')

  const framing = readFraming(fields, httpVersion)
  if (framing.kind === 'refusal') return framing
  // RFC 9110 section 10.1.1: HTTP/1.0 has no expectations, and 100-continue is the only one there is.
  const expect = httpVersion === '1.0' ? undefined : fields.expect?.toLowerCase()
  if (expect !== undefined && expect !== '100-continue') return refusal(417, 'only "100-continue" can be expected')

  addForwarded(fields.endToEnd, peer, {
    hostField,
    port: authority?.port ?? '',
    forwardedFor: fields.forwardedFor,
    appends: rules.appendsForwardedFor,
    upgrade,
  })
  return {
    kind: 'arrival',
    head: {
      method,
      host: authority?.host ?? '',
      path: target.path,
      query: target.query,
      fields: fields.visible,
      clientIp: peer.clientIp,
      secure: false,
    },
    hostField,
    fields: fields.endToEnd,
    framing,
    expectsContinue: expect !== undefined,
  }
}

function hasUnderscore(rawHeaders: readonly string[]): boolean {
  return rawHeaders.some((text, index) => index % 2 === 0 && text.includes('_'))
}

/** RFC 9112 section 6: exactly one way to delimit the body, or the request is not passed on. */
function readFraming(fields: RequestFields, httpVersion: string): Framing | Refusal {
  const { contentLength, transferEncoding } = fields
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return refusal(400, 'both Content-Length and Transfer-Encoding are given')
    if (httpVersion === '1.0') return refusal(400, 'HTTP/1.0 has no Transfer-Encoding')
    if (transferEncoding.toLowerCase() !== 'chunked') return refusal(400, 'Transfer-Encoding is not exactly "chunked"')
    return chunkedFraming
  }
  if (contentLength === undefined) return noFraming
  if (!isCanonicalLength(contentLength)) return refusal(400, 'Content-Length is not a plain decimal number')
  return { kind: 'length', bytes: Number(contentLength) }
}

/** Digits without a leading zero: `010` is eight to some parsers. */
function isCanonicalLength(text: string): boolean {
  if (text.length === 0 || text.length > contentLengthDigitsMax) return false
  if (text.length > 1 && text.startsWith('0')) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

export function refusal(status: number, reason: string): Refusal {
  return { kind: 'refusal', status, reason }
}
