// One pass over a request's raw fields: what frames the message, what concerns this connection only, and what goes on to
// the member.

import { rememberByText } from '../exchange/known-texts.ts'

export interface RequestFields {
  /** Repeated lines joined with `, `: a value with a comma fails the check of each of these three, as it must. */
  host: string | undefined
  contentLength: string | undefined
  transferEncoding: string | undefined
  expect: string | undefined
  /** X-Forwarded-For of a trusted peer, its lines joined. */
  forwardedFor: string | undefined
  /** End-to-end fields, names and values in turn, in their own case and order. */
  readonly endToEnd: string[]
  /**
   * What rules may match on: all fields as received, hop-by-hop ones too, but none that only claims what a proxy would
   * say. A rule must never believe what the member is not told.
   */
  visible: readonly string[]
}

type Role =
  | 'end-to-end'
  | 'host'
  | 'content-length'
  | 'transfer-encoding'
  | 'connection'
  | 'expect'
  | 'te'
  | 'cookie'
  | 'forwarded'
  | 'forwarded-for'
  | 'claimed'
  | 'dropped'

/** Fields the entrypoint has a word in; every other name is end-to-end. Connection cannot strip anything listed here. */
const roleByName: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['host', 'host'],
  ['content-length', 'content-length'],
  ['transfer-encoding', 'transfer-encoding'],
  ['connection', 'connection'],
  ['expect', 'expect'],
  ['te', 'te'],
  ['cookie', 'cookie'],
  ['forwarded', 'forwarded'],
  ['x-real-ip', 'forwarded'],
  ['x-forwarded-for', 'forwarded-for'],
  // Names this proxy, whatever the client says it is.
  ['x-forwarded-server', 'claimed'],
  ['keep-alive', 'dropped'],
  ['trailer', 'dropped'],
  // The forwarder of upgrades writes its own.
  ['upgrade', 'dropped'],
  ['http2-settings', 'dropped'],
  // Becomes HTTP_PROXY in a CGI's environment (httpoxy, CVE-2016-5385).
  ['proxy', 'dropped'],
])

/**
 * Splits the fields up. From a peer that is not trusted nothing that claims to be forwarded is kept. A client's
 * Connection field strips the fields it names (RFC 9110 section 7.6.1) except those above and Authorization: naming
 * X-Forwarded-For there was a way to make a proxy drop its own (CVE-2024-45410).
 */
export function readFields(raw: readonly string[], trusted: boolean): RequestFields {
  const fields = noFields(raw)
  let claims = false
  let connection: string | undefined
  let cookieAt = -1
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    const role = roleOf(name)
    if (isClaim(role, trusted)) {
      claims = true
      continue
    }
    switch (role) {
      case 'end-to-end':
        fields.endToEnd.push(name, value)
        break
      case 'host':
        fields.host = joined(fields.host, value)
        break
      case 'content-length':
        fields.contentLength = joined(fields.contentLength, value)
        break
      case 'transfer-encoding':
        fields.transferEncoding = joined(fields.transferEncoding, value)
        break
      case 'connection':
        connection = joined(connection, value)
        break
      case 'expect':
        fields.expect = joined(fields.expect, value)
        break
      case 'te':
        // The one value that asks something of the member: gRPC wants to know that trailers pass.
        if (value.toLowerCase() === 'trailers') fields.endToEnd.push('TE', 'trailers')
        break
      case 'cookie':
        // RFC 9113 section 8.2.3: several lines become one, since HTTP/1.1 applications read only one.
        if (cookieAt === -1) cookieAt = fields.endToEnd.push(name, value) - 1
        else fields.endToEnd[cookieAt] += `; ${value}`
        break
      case 'forwarded':
        if (value !== '') fields.endToEnd.push(name, value)
        break
      case 'forwarded-for':
        if (value !== '') fields.forwardedFor = joined(fields.forwardedFor, value)
        break
      case 'claimed':
      case 'dropped':
        break
    }
  }
  if (connection !== undefined && connection !== 'keep-alive') stripNamed(fields.endToEnd, connection)
  if (claims) fields.visible = withoutClaims(raw, trusted)
  return fields
}

/** Says what only a proxy may, and nobody believes it. */
function isClaim(role: Role, trusted: boolean): boolean {
  return role === 'claimed' || (!trusted && (role === 'forwarded' || role === 'forwarded-for'))
}

function withoutClaims(raw: readonly string[], trusted: boolean): string[] {
  const kept: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    if (!isClaim(roleOf(name), trusted)) kept.push(name, raw[i + 1] ?? '')
  }
  return kept
}

function noFields(raw: readonly string[]): RequestFields {
  return {
    host: undefined,
    contentLength: undefined,
    transferEncoding: undefined,
    expect: undefined,
    forwardedFor: undefined,
    endToEnd: [],
    visible: raw,
  }
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`
}

/** By name as spelled, so that a name seen before need not be lower-cased. */
const roleOf = rememberByText((name) => findRole(name.toLowerCase()))

function findRole(name: string): Role {
  const role = roleByName.get(name)
  if (role !== undefined) return role
  if (name.startsWith('x-forwarded-')) return 'forwarded'
  if (name.startsWith('proxy-')) return 'dropped'
  // CGI and WSGI read X_Forwarded_For and X-Forwarded-For as one variable, so the alias of a name we manage goes.
  if (name.includes('_') && findRole(name.replaceAll('_', '-')) !== 'end-to-end') return 'claimed'
  return 'end-to-end'
}

function stripNamed(endToEnd: string[], connection: string): void {
  const named = new Set<string>()
  for (const option of connection.toLowerCase().split(',')) {
    const name = option.trim()
    if (name !== 'close' && name !== 'authorization' && roleOf(name) === 'end-to-end') named.add(name)
  }
  if (named.size === 0) return
  let kept = 0
  for (let i = 0; i < endToEnd.length; i += 2) {
    const name = endToEnd[i] ?? ''
    if (named.has(name.toLowerCase())) continue
    endToEnd[kept] = name
    endToEnd[kept + 1] = endToEnd[i + 1] ?? ''
    kept += 2
  }
  endToEnd.length = kept
}
