// Reads a member's response head, strictly: RFC 9112 sections 4 and 5 without any of the leniencies they allow, save one.

export interface ResponseHead {
  readonly kind: 'head'
  /** HTTP/1.0 or HTTP/1.1; no other version is accepted. */
  readonly minorVersion: 0 | 1
  /** 100 to 999. */
  readonly status: number
  readonly reason: string
  /** Field names and values in turn, as received, one character per byte. */
  readonly fields: readonly string[]
  /** How many bytes the head took, final empty line included. */
  readonly bytes: number
}

/** What the member sent is not HTTP/1.1. The connection is lost: nobody knows where the next message would begin. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly reason: string
}

export interface HeadLimits {
  readonly maxResponseHeadBytes: number
  readonly maxResponseFields: number
}

/** The one leniency: the space before an empty reason may be missing, as many servers leave it out. */
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/
const token = /^[\w!#$%&'*+.^`|~-]+$/
const unsafeInValue = /[^\t\x20-\x7e\x80-\xff]/

const prefix = 'HTTP/1.'
const CR = 0x0d
const LF = 0x0a

/**
 * The head `bytes` begins with; undefined: more bytes are needed. When it is called again with more, `scanned` is how
 * many bytes it has seen before.
 */
export function parseResponseHead(
  bytes: Buffer,
  scanned: number,
  limits: HeadLimits,
): ResponseHead | Malformed | undefined {
  const end = findEnd(bytes, scanned)
  if (end === -1) return malformed('a line of the head ends without a carriage return')
  if (end === 0) {
    if (bytes.length > limits.maxResponseHeadBytes) return tooLong(limits)
    return prefix.startsWith(bytes.toString('latin1', 0, prefix.length))
      ? undefined
      : malformed('the answer does not begin with HTTP/1')
  }
  if (end > limits.maxResponseHeadBytes) return tooLong(limits)

  const text = bytes.toString('latin1', 0, end)
  const lineEnd = text.indexOf('\r\n')
  const status = statusLine.exec(text.slice(0, lineEnd))
  if (status === null) return malformed('bad status line')
  const fields: string[] = []
  const reason = parseFieldLines(text, lineEnd + 2, fields, limits.maxResponseFields)
  if (reason !== undefined) return malformed(reason)
  return {
    kind: 'head',
    minorVersion: status[1] === '0' ? 0 : 1,
    status: Number(status[2]),
    reason: status[3] ?? '',
    fields,
    bytes: end,
  }
}

/**
 * Reads the field lines of `text` from `from` to the empty line that must end it, adding names and values to `fields`.
 * Returns what is wrong with them, or undefined.
 */
export function parseFieldLines(text: string, from: number, fields: string[], maxFields: number): string | undefined {
  for (let start = from; ;) {
    const end = text.indexOf('\r\n', start)
    if (end === -1) return 'the field lines do not end in an empty line'
    if (end === start) return end + 2 === text.length ? undefined : 'there is an empty line between field lines'
    if (fields.length >= 2 * maxFields) return `more than ${maxFields} fields`
    const colon = text.indexOf(':', start)
    if (colon === -1 || colon > end) return 'a field line without a colon'
    const name = text.slice(start, colon)
    // Also what refuses a folded line (RFC 9112 section 5.2) and a space before the colon (5.1).
    if (!token.test(name)) return 'a field name that is not a token'
    const value = text.slice(skipBlanks(text, colon + 1, end), dropBlanks(text, colon + 1, end))
    if (unsafeInValue.test(value)) return 'a field value with a control character'
    fields.push(name, value)
    start = end + 2
  }
}

export function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason }
}

/** Where the head ends: 0 not yet, -1 never, since a line feed stands alone. */
function findEnd(bytes: Buffer, scanned: number): number {
  for (let i = scanned; i < bytes.length; i++) {
    if (bytes[i] !== LF) continue
    if (bytes[i - 1] !== CR) return -1
    if (bytes[i - 2] === LF) return i + 1
  }
  return 0
}

function tooLong(limits: HeadLimits): Malformed {
  return malformed(`a head of more than ${limits.maxResponseHeadBytes} bytes`)
}

function skipBlanks(text: string, from: number, to: number): number {
  let i = from
  while (i < to && isBlank(text.charCodeAt(i))) i++
  return i
}

function dropBlanks(text: string, from: number, to: number): number {
  let i = to
  while (i > from && isBlank(text.charCodeAt(i - 1))) i--
  return i
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
