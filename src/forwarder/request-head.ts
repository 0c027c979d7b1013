// Writes the head the member gets. The last place where anything could slip a line break into a request.
import assert from 'node:assert/strict'
import type { Exchange, Framing } from '../exchange/exchange.ts'
import type { ForwardOptions, Member } from '../service/member.ts'

const unsafeInTarget = /[^\x21-\x7e\x80-\xff]/
const unsafeInValue = /[^\t\x20-\x7e\x80-\xff]/
const unsafeInName = /[^\w!#$%&'*+.^`|~-]/

/**
 * The head as text, one byte per character, to be written as latin1. Framing is always explicit, for every method: a
 * body the member does not expect would be read as the next request (RFC 9112 section 6).
 * Throws an assertion when a part could not be written safely: that is our bug, the entrypoint lets none in.
 */
export function requestHead(exchange: Exchange, host: string, keepAlive: boolean): string {
  const line = `${safeName(exchange.head.method)} ${requestTarget(exchange)} HTTP/1.1\r\n`
  const connection = keepAlive ? '' : 'Connection: close\r\n'
  return `${line}Host: ${safeValue(host)}\r\n${fieldLines(exchange.fields)}${framingField(exchange.framing)}${connection}\r\n`
}

/** Field names and values in turn as lines of text. Throws an assertion as `requestHead` does. */
export function fieldLines(fields: readonly string[]): string {
  let lines = ''
  for (let i = 0; i < fields.length; i += 2) lines += `${safeName(fields[i])}: ${safeValue(fields[i + 1])}\r\n`
  return lines
}

/** Path and query as the member is asked for them. */
export function requestTarget(exchange: Exchange): string {
  const path = exchange.path === '' ? '/' : exchange.path
  const { query } = exchange.head
  const target = query === undefined ? path : `${path}?${query}`
  assert(!unsafeInTarget.test(target), 'a request target may hold neither spaces nor control characters')
  return target
}

/** What the member is called: the client's Host, or the member's own address. */
export function hostFor(exchange: Exchange, member: Member, options: ForwardOptions): string {
  if (options.passHostHeader && exchange.hostField !== undefined) return exchange.hostField
  const host = member.host.includes(':') ? `[${member.host}]` : member.host
  return `${host}:${member.port}`
}

function framingField(framing: Framing): string {
  if (framing.kind === 'length') return `Content-Length: ${framing.bytes}\r\n`
  return framing.kind === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : ''
}

function safeName(name: string | undefined): string {
  assert(name !== undefined && name !== '' && !unsafeInName.test(name), 'a field name must be a token')
  return name
}

function safeValue(value: string | undefined): string {
  assert(value !== undefined && !unsafeInValue.test(value), 'a field value may hold no control characters')
  return value
}
