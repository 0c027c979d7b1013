// Writes the head the member gets. The last place where anything could slip a line break into a request.
import { targetOf } from '../exchange/path.ts'
import { hostPort } from '../exchange/host-port.ts'
import assert from 'node:assert/strict'
import type { Exchange, Framing } from '../exchange/exchange.ts'
import { rememberByText } from '../exchange/known-texts.ts'
import type { ForwardOptions, Member } from '../service/member.ts'

const unsafeInTarget = /[^\x21-\x7e\x80-\xff]/
const unsafeInValue = /[^\t\x20-\x7e\x80-\xff]/
const unsafeInName = /[^\w!#$%&'*+.^`|~-]/
/** A request line and any number of field lines, each as the three above allow, and the empty line. */
const wholeHead =
  /^[\w!#$%&'*+.^`|~-]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.1\r\n(?:[\w!#$%&'*+.^`|~-]+: [\t\x20-\x7e\x80-\xff]*\r\n)+\r\n$/

/**
 * The head as text, one byte per character, to be written as latin1. Framing is always explicit, for every method: a
 * body the member does not expect would be read as the next request (RFC 9112 section 6).
 * Throws an assertion when a part could not be written safely: that is our bug, the entrypoint lets none in.
 */
export function requestHead(exchange: Exchange, host: string, keepAlive: boolean): string {
  const { fields, framing } = exchange
  let head = `${exchange.head.method} ${targetOf(exchange)} HTTP/1.1\r\nHost: ${host}\r\n`
  // The request line, Host, and the empty line at the end.
  let lines = 3 + fields.length / 2
  for (let i = 0; i < fields.length; i += 2) head += `${safeName(fields[i])}: ${fields[i + 1]}\r\n`
  if (framing.kind !== 'none') {
    head += framingField(framing)
    lines++
  }
  if (!keepAlive) {
    head += 'Connection: close\r\n'
    lines++
  }
  head += '\r\n'
  // One look at all values takes a fraction of a look at each. A value that brings a line of its own makes one too many.
  if (wholeHead.test(head) && countLines(head) === lines) return head
  safeName(exchange.head.method)
  requestTarget(exchange)
  safeValue(host)
  for (let i = 1; i < fields.length; i += 2) safeValue(fields[i])
  assert.fail('a request head that cannot be written')
}

/** Field names and values in turn as lines of text. Throws an assertion as `requestHead` does. */
export function fieldLines(fields: readonly string[]): string {
  let lines = ''
  for (let i = 0; i < fields.length; i += 2) lines += `${safeName(fields[i])}: ${safeValue(fields[i + 1])}\r\n`
  return lines
}

/** Path and query as the member is asked for them. */
export function requestTarget(exchange: Exchange): string {
  const target = targetOf(exchange)
  assert(!unsafeInTarget.test(target), 'a request target may hold neither spaces nor control characters')
  return target
}

/** What the member is called: the client's Host, or the member's own address. */
export function hostFor(exchange: Exchange, member: Member, options: ForwardOptions): string {
  if (options.passHostHeader && exchange.hostField !== undefined) return exchange.hostField
  return hostPort(member.host, member.port)
}

function framingField(framing: Framing): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.bytes}\r\n`
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : ''
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

const checkedName = rememberByText((name) => {
  assert(name !== '' && !unsafeInName.test(name), 'a field name must be a token')
  return name
})

function safeName(name: string | undefined): string {
  assert(name !== undefined, 'a field name must be a token')
  return checkedName(name)
}

function safeValue(value: string | undefined): string {
  assert(value !== undefined && !unsafeInValue.test(value), 'a field value may hold no control characters')
  return value
}
