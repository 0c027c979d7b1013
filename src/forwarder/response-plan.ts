// What a member's response head means: which fields pass to the client, how long the body is, what becomes of the connection.
import { rememberByText } from '../exchange/known-texts.ts'
import { malformed, type Malformed, type ResponseHead } from './response-head.ts'

export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

export interface ResponsePlan {
  readonly kind: 'plan'
  /** End-to-end fields, names and values in turn, in the member's case and order. */
  readonly fields: string[]
  readonly body: BodyFraming
  /** True when the member will read another request from this connection. */
  readonly persistent: boolean
  /** How long the member keeps it idle, less a second for the way; undefined when it did not say. */
  readonly keepAliveMs: number | undefined
}

/** What one pass over the fields finds out. */
interface Found {
  readonly fields: string[]
  /** Lower-case names of fields that must not pass, though they are among `fields`. */
  readonly unwanted: string[]
  readonly encodings: string[]
  length: string | undefined
  lengths: number
  announcesTrailers: boolean
  hasDisposition: boolean
  closes: boolean
  keepAlive: string | undefined
}

const none: BodyFraming = { kind: 'none' }
const chunked: BodyFraming = { kind: 'chunked' }
const untilClose: BodyFraming = { kind: 'until-close' }
const digits = /^\d{1,15}$/

/** Fields that mean something to a proxy; every other name is end-to-end. */
type Role =
  | 'end-to-end'
  | 'connection'
  | 'transfer-encoding'
  | 'keep-alive'
  | 'content-length'
  | 'trailer'
  | 'disposition'
  | 'dropped'

const roleByName: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['connection', 'connection'],
  ['transfer-encoding', 'transfer-encoding'],
  ['keep-alive', 'keep-alive'],
  ['content-length', 'content-length'],
  ['trailer', 'trailer'],
  ['content-disposition', 'disposition'],
  ['proxy-connection', 'dropped'],
  ['te', 'dropped'],
  ['upgrade', 'dropped'],
])

/** By name as spelled, so that a name seen before need not be lower-cased. */
const roleOf = rememberByText((name): Role => roleByName.get(name.toLowerCase()) ?? 'end-to-end')

/**
 * Reads `head` as the answer to a request with `method`. `chunkedToClient`: the client can be sent chunks, and
 * therefore trailers. Refuses every framing on which two readers could disagree (RFC 9112 section 6.3).
 */
export function planResponse(head: ResponseHead, method: string, chunkedToClient: boolean): ResponsePlan | Malformed {
  const found = sortFields(head.fields)
  const body = bodyFraming(head, found, method)
  if (body.kind === 'malformed') return body

  // RFC 9110 section 8.6: no length on an answer that cannot have a body. On HEAD and 304 it tells of another's.
  if (found.lengths > 0 && (head.status < 200 || head.status === 204)) found.unwanted.push('content-length')
  // writeHead reads a Content-Disposition as UTF-8 once it knows the length, and refuses what that makes of it.
  if (found.hasDisposition && found.lengths > 0) moveLengthToEnd(found.fields)
  if (found.announcesTrailers && !(body.kind === 'chunked' && chunkedToClient)) found.unwanted.push('trailer')
  return {
    kind: 'plan',
    fields: found.unwanted.length === 0 ? found.fields : without(found.fields, found.unwanted),
    body,
    persistent: head.minorVersion === 1 && body.kind !== 'until-close' && !found.closes,
    keepAliveMs: announcedMs(found.keepAlive),
  }
}

/** Takes the hop-by-hop fields out (RFC 9110 section 7.6.1) and remembers what they said. */
function sortFields(all: readonly string[]): Found {
  const found: Found = {
    fields: [],
    unwanted: [],
    encodings: [],
    length: undefined,
    lengths: 0,
    announcesTrailers: false,
    hasDisposition: false,
    closes: false,
    keepAlive: undefined,
  }
  for (let i = 0; i < all.length; i += 2) {
    const name = all[i] ?? ''
    const value = all[i + 1] ?? ''
    switch (roleOf(name)) {
      case 'end-to-end':
        found.fields.push(name, value)
        break
      case 'connection':
        readConnection(value, found)
        break
      case 'transfer-encoding':
        found.encodings.push(value.toLowerCase())
        break
      case 'keep-alive':
        found.keepAlive = value
        break
      case 'dropped':
        break
      case 'content-length':
        found.lengths++
        found.length = value
        // Written anew, so that `010` cannot be read as eight by anyone.
        found.fields.push(name, digits.test(value) ? String(Number(value)) : value)
        break
      case 'trailer':
        found.announcesTrailers = true
        found.fields.push(name, value)
        break
      case 'disposition':
        found.hasDisposition = true
        found.fields.push(name, value)
        break
    }
  }
  return found
}

function readConnection(value: string, found: Found): void {
  if (value === 'keep-alive') return
  for (const each of value.toLowerCase().split(',')) {
    const option = each.trim()
    if (option === 'close') found.closes = true
    else if (option !== 'keep-alive') found.unwanted.push(option)
  }
}

function bodyFraming(head: ResponseHead, found: Found, method: string): BodyFraming | Malformed {
  const { encodings, length, lengths } = found
  if (lengths > 1) return malformed('more than one Content-Length')
  if (length !== undefined && !digits.test(length)) return malformed(`bad Content-Length "${length}"`)
  if (encodings.length > 0) {
    if (length !== undefined) return malformed('both Transfer-Encoding and Content-Length')
    if (head.minorVersion === 0) return malformed('Transfer-Encoding in an HTTP/1.0 answer')
    if (encodings.length > 1 || encodings[0] !== 'chunked') return malformed('a Transfer-Encoding other than chunked')
  }
  if (method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304) return none
  if (encodings.length > 0) return chunked
  if (length === undefined) return untilClose
  return Number(length) === 0 ? none : { kind: 'length', bytes: Number(length) }
}

function moveLengthToEnd(fields: string[]): void {
  const at = fields.findIndex((name, index) => index % 2 === 0 && roleOf(name) === 'content-length')
  fields.push(...fields.splice(at, 2))
}

function without(fields: readonly string[], unwanted: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!unwanted.includes(name.toLowerCase())) kept.push(name, fields[i + 1] ?? '')
  }
  return kept
}

function announcedMs(keepAlive: string | undefined): number | undefined {
  const seconds = keepAlive === undefined ? undefined : /(?:^|[\s,;])timeout=(\d{1,9})/i.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000 - 1000
}
