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
const statusLine = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/
const token = /^[\w!#$%&'*+.^`|~-]+$/
const unsafeInValue = /[^\t\x20-\x7e\x80-\xff]/
/** A whole head: the three above in one, since one look at all of it takes a fraction of a look at each part. */
const wholeHead =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/

/** A blank by RFC 9110 section 5.6.3, but Node, for one, does not see `chunked` in it and reads to the end of the connection. */
const tabbedCoding = /\ntransfer-encoding:[^\r]*\t/i

/** Where the parts of a status line are that `statusLine` fits. */
const minorAt = 7
const statusAt = 9
const reasonAt = 13

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
  if (!wholeHead.test(text)) return malformed(faultOf(text))
  if (text.includes('\t') && tabbedCoding.test(text)) return malformed('a tab beside a Transfer-Encoding')
  const lineEnd = text.indexOf('\r')
  const fields = splitFields(text, lineEnd + 2)
  if (fields.length > 2 * limits.maxResponseFields) return malformed(tooMany(limits.maxResponseFields))
  return {
    kind: 'head',
    minorVersion: text[minorAt] === '0' ? 0 : 1,
    status: Number(text.slice(statusAt, statusAt + 3)),
    reason: lineEnd > reasonAt ? text.slice(reasonAt, lineEnd) : '',
    fields,
    bytes: end,
  }
}

/** What is wrong with a head that does not fit `wholeHead`. */
function faultOf(text: string): string {
  const lineEnd = text.indexOf('\r\n')
  if (!statusLine.test(text.slice(0, lineEnd))) return 'bad status line'
  return parseFieldLines(text, lineEnd + 2, [], Infinity) ?? 'a bad head'
}

/** The fields of a head that fits `wholeHead`, whose field lines begin at `from`. */
function splitFields(text: string, from: number): string[] {
  const fields: string[] = []
  for (let start = from; start < text.length - 2;) {
    const colon = text.indexOf(':', start)
    const end = text.indexOf('\r', colon)
    fields.push(text.slice(start, colon), trimmed(text, colon + 1, end))
    start = end + 2
  }
  return fields
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
    if (fields.length >= 2 * maxFields) return tooMany(maxFields)
    const colon = text.indexOf(':', start)
    if (colon === -1 || colon > end) return 'a field line without a colon'
    const name = text.slice(start, colon)
    // Also what refuses a folded line (RFC 9112 section 5.2) and a space before the colon (5.1).
    if (!token.test(name)) return 'a field name that is not a token'
    const value = trimmed(text, colon + 1, end)
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

function tooMany(maxFields: number): string {
  return `more than ${maxFields} fields`
}

/** The text between two places without the blanks around it. */
function trimmed(text: string, from: number, to: number): string {
  let first = from
  let past = to
  while (first < past && isBlank(text.charCodeAt(first))) first++
  while (past > first && isBlank(text.charCodeAt(past - 1))) past--
  return text.slice(first, past)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
