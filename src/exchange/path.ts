// Paths that are put together after the entrypoint made the request's own canonical.
import type { Exchange } from './exchange.ts'

/** Letters, digits and what else RFC 3986 section 3.3 lets stand in a path; `[` and `]` stand raw in many. */
const unsafeInPath = /[^\w\-.~!$&'()*+,;=:@/%[\]]/gu
const badEscape = /%(?![0-9A-Fa-f]{2})/

/** True when a segment of the path is `.` or `..`: such a path means another one to whoever resolves it (RFC 3986 5.2.4). */
function hasDotSegment(path: string): boolean {
  for (let start = path.indexOf('/.'); start !== -1; start = path.indexOf('/.', start + 1)) {
    const end = path[start + 2] === '.' ? start + 3 : start + 2
    if (end === path.length || path[end] === '/') return true
  }
  return false
}

/** False when whoever cleans the path gets another one: it has dot segments or doubled slashes. */
export function isClean(path: string): boolean {
  return !path.includes('//') && !hasDotSegment(path)
}

/** A `%` that begins no escape. */
export function hasBadEscape(path: string): boolean {
  return path.includes('%') && badEscape.test(path)
}

/** What may not stand raw in a path (a space, `?`, `#`, anything past ASCII) as escapes; escapes stay as they are. */
export function escapePath(text: string): string {
  return text.replace(unsafeInPath, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

export function withLeadingSlash(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`
}

const escapeByOption = {
  allowEncodedSlash: '%2F',
  allowEncodedBackSlash: '%5C',
  allowEncodedNullCharacter: '%00',
  allowEncodedSemicolon: '%3B',
  allowEncodedPercent: '%25',
  allowEncodedQuestionMark: '%3F',
  allowEncodedHash: '%23',
} as const

type EscapeOption = keyof typeof escapeByOption

/** Escapes that a path may not hold by Traefik's encodedCharacters; upper case, as canonical paths have them. */
export function refusedEscapes(allowed: Readonly<Record<EscapeOption, boolean>>): ReadonlySet<string> {
  const options = Object.keys(escapeByOption) as EscapeOption[]
  return new Set(options.filter((option) => !allowed[option]).map((option) => escapeByOption[option]))
}

/** Path and query as the member is asked for them. */
export function targetOf({ path, head: { query } }: Exchange): string {
  const asked = path === '' ? '/' : path
  return query === undefined ? asked : `${asked}?${query}`
}
