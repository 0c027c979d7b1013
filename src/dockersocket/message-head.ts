// The head of an HTTP/1.1 message, read more strictly than any engine reads it: whatever two readers could understand
// differently is a flaw, so that what is decided here is decided of exactly what the engine will see (RFC 9112).
import type { ByteSource } from './byte-source.ts'

/** Of one head. */
const headBytesMax = 64 * 1024

/** Names are in lower case. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** How a body ends. */
export type Framing = 'none' | 'chunked' | 'until-close' | { readonly length: number }

/** Why a message is not taken. */
export interface Flaw {
  readonly flaw: string
}

/** The bytes up to the empty line, that line included; undefined: nothing came before the end. */
export async function readHead(source: ByteSource): Promise<Buffer | Flaw | undefined> {
  let head: Buffer = Buffer.alloc(0)
  for (;;) {
    const chunk = await source.read()
    if (chunk === undefined) return head.length === 0 ? undefined : { flaw: 'the message ends within its head' }
    const from = Math.max(0, head.length - 3)
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n', from)
    const upTo = end === -1 ? head.length : end
    if (hasBareLineFeed(head, from, upTo)) return { flaw: 'a line of the head does not end in CR LF' }
    if (upTo > headBytesMax) return { flaw: `the head is longer than ${headBytesMax / 1024} KiB` }
    if (end === -1) continue
    source.unread(head.subarray(end + 4))
    return head.subarray(0, end + 4)
  }
}

function hasBareLineFeed(bytes: Buffer, from: number, to: number): boolean {
  for (let at = bytes.indexOf(10, from); at !== -1 && at < to; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at - 1] !== 13) return true
  }
  return false
}

/** The lines of a head without its two line ends at the end. */
export function linesOf(head: Buffer): readonly [first: string, ...fields: string[]] {
  const [first = '', ...fields] = head.toString('latin1', 0, head.length - 4).split('\r\n')
  return [first, ...fields]
}

export function parseFields(lines: readonly string[]): Fields | Flaw {
  const fields: (readonly [string, string])[] = []
  for (const line of lines) {
    // No space before the colon, no line that continues another one, no control characters.
    const [, name, value = ''] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined) return { flaw: 'a field of the head cannot be read' }
    fields.push([name.toLowerCase(), value.trimEnd()])
  }
  return fields
}

export function valuesOf(fields: Fields, name: string): readonly string[] {
  return fields.filter(([field]) => field === name).map(([, value]) => value)
}

/** Whether a comma-separated field names the token. */
export function names(fields: Fields, field: string, token: string): boolean {
  return valuesOf(fields, field).some((value) => value.split(',').some((item) => item.trim().toLowerCase() === token))
}

/** Undefined: neither length nor coding is given. */
export function framingOf(fields: Fields, version: string): Framing | Flaw | undefined {
  const [coding, ...moreCodings] = valuesOf(fields, 'transfer-encoding')
  const [length, ...moreLengths] = valuesOf(fields, 'content-length')
  if (moreCodings.length + moreLengths.length > 0) return { flaw: 'its length is given twice' }
  if (coding !== undefined && length !== undefined) return { flaw: 'it has both Content-Length and Transfer-Encoding' }
  if (coding !== undefined) {
    const known = coding.toLowerCase() === 'chunked' && version === '1.1'
    return known ? 'chunked' : { flaw: 'its Transfer-Encoding is not chunked' }
  }
  if (length === undefined) return undefined
  if (!/^\d{1,15}$/.test(length)) return { flaw: 'its Content-Length is not a number' }
  return Number(length) === 0 ? 'none' : { length: Number(length) }
}
