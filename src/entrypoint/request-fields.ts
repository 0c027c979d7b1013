// One pass over a request's raw fields: what frames the message, what concerns this connection only, and what goes on to
// the member.
import type { Role } from './field-roles.ts'

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
   * say, and none that the client's Connection field takes away. A rule must never believe what the member is not told.
   */
  visible: readonly string[]
}

export interface FieldRules {
  readonly roleOf: (name: string) => Role
  /**
   * Lower-case names that rules may match on although the client's Connection field names them: Traefik's
   * forwardedHeaders.connection. No member gets them: RFC 9110 section 7.6.1.
   */
  readonly shownThoughNamed: ReadonlySet<string>
}

/**
 * Splits the fields up. From a peer that is not trusted nothing that claims to be forwarded is kept. A client's
 * Connection field strips the end-to-end fields it names (RFC 9110 section 7.6.1) except Authorization: naming
 * X-Forwarded-For there was a way to make a proxy drop its own (CVE-2024-45410).
 */
export function readFields(raw: readonly string[], trusted: boolean, rules: FieldRules): RequestFields {
  const { roleOf } = rules
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
  if (claims) fields.visible = withoutClaims(raw, trusted, roleOf)
  if (connection !== undefined && connection !== 'keep-alive') strip(fields, namedBy(connection, roleOf), rules)
  return fields
}

/** Says what only a proxy may, and nobody believes it. */
function isClaim(role: Role, trusted: boolean): boolean {
  return role === 'claimed' || (!trusted && (role === 'forwarded' || role === 'forwarded-for'))
}

function withoutClaims(raw: readonly string[], trusted: boolean, roleOf: FieldRules['roleOf']): string[] {
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

/** Undefined when it names no field that it may take away. */
function namedBy(connection: string, roleOf: FieldRules['roleOf']): Set<string> | undefined {
  let named: Set<string> | undefined
  for (const option of connection.toLowerCase().split(',')) {
    const name = option.trim()
    if (name === 'close' || name === 'authorization' || roleOf(name) !== 'end-to-end') continue
    named ??= new Set()
    named.add(name)
  }
  return named
}

function strip(fields: RequestFields, named: Set<string> | undefined, { shownThoughNamed }: FieldRules): void {
  if (named === undefined) return
  removeNamed(fields.endToEnd, named)
  for (const name of shownThoughNamed) named.delete(name)
  if (named.size > 0) fields.visible = removeNamed([...fields.visible], named)
}

function removeNamed(fields: string[], named: ReadonlySet<string>): string[] {
  let kept = 0
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (named.has(name.toLowerCase())) continue
    fields[kept] = name
    fields[kept + 1] = fields[i + 1] ?? ''
    kept += 2
  }
  fields.length = kept
  return fields
}
