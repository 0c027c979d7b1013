// One canonical path per request: what rules match, middlewares rewrite, the log shows and the member is asked for.

// How a byte of a path is treated.
const plain = 0 // stays as it is
const encode = 1 // not allowed raw by RFC 3986: written as an escape, as Traefik does (a backslash becomes %5C)
const refuse = 2 // controls, space, `#`, anything past ASCII
const percent = 3
const slash = 4
const dot = 5

const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
const reservedInPath = "!$&'()*+,;=:@[]"
const escapedInPath = '"<>\\^`{|}'

const treatment = new Uint8Array(128).fill(refuse)
for (const character of unreserved + reservedInPath) treatment[character.charCodeAt(0)] = plain
for (const character of escapedInPath) treatment[character.charCodeAt(0)] = encode
treatment['%'.charCodeAt(0)] = percent
treatment['/'.charCodeAt(0)] = slash
treatment['.'.charCodeAt(0)] = dot

export interface PathRules {
  /** False: dot segments and double slashes stay, for rules and members alike (Traefik's sanitizePath). */
  readonly sanitize: boolean
  /** Escapes a path may not hold, upper case: `%2F`, `%5C`, `%00`; undefined: none. */
  readonly refusedEscapes: ReadonlySet<string> | undefined
}

/**
 * Traefik's pipeline: unreserved characters decoded, other escapes upper case, dot segments removed, slashes merged, a
 * trailing slash kept. `%2F` and its like stay escapes. Undefined for an invalid or refused escape and for a raw character
 * no path may have.
 */
export function canonicalPath(raw: string, { sanitize, refusedEscapes }: PathRules): string | undefined {
  if (isCanonical(raw)) return raw
  const decoded = decodeUnreserved(raw, refusedEscapes)
  return decoded === undefined || !sanitize ? decoded : cleanSegments(decoded)
}

/** Nearly every request: nothing to decode, to merge or to remove. A segment that begins with a dot goes the long way. */
function isCanonical(raw: string): boolean {
  let previous = plain
  for (let i = 0; i < raw.length; i++) {
    const current = treatment[raw.charCodeAt(i)] ?? refuse
    if (current !== plain) {
      if (current === slash || current === dot) {
        if (previous === slash) return false
      } else return false
    }
    previous = current
  }
  return true
}

function decodeUnreserved(raw: string, refusedEscapes: ReadonlySet<string> | undefined): string | undefined {
  let out = ''
  for (let i = 0; i < raw.length; i++) {
    const kind = treatment[raw.charCodeAt(i)] ?? refuse
    if (kind === refuse) return undefined
    if (kind === encode) {
      const escaped = escape(raw.charCodeAt(i))
      // A raw backslash comes to the same as its escape.
      if (refusedEscapes?.has(escaped) === true) return undefined
      out += escaped
    } else if (kind === percent) {
      const code = hexByte(raw, i + 1)
      if (code === -1) return undefined
      const character = String.fromCharCode(code)
      const escaped = escape(code)
      if (refusedEscapes?.has(escaped) === true) return undefined
      out += unreserved.includes(character) ? character : escaped
      i += 2
    } else {
      out += raw[i]
    }
  }
  return out
}

/** Dot segments are resolved after decoding, so that `%2e%2e` cannot hide one. Never climbs above the root. */
function cleanSegments(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..') kept.pop()
    else kept.push(segment)
  }
  const clean = `/${kept.join('/')}`
  return path.endsWith('/') && kept.length > 0 ? `${clean}/` : clean
}

function escape(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}

function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at))
  const low = hexDigit(text.charCodeAt(at + 1))
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
