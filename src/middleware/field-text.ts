// Field names and values that users configure, as they go over the wire.
import type { FieldName } from '../exchange/field-list.ts'

const token = /^[\w!#$%&'*+.^`|~-]+$/
const unsafe = /[^\t\x20-\x7e\x80-\uffff]/

/** Fields that frame a message or belong to one connection: they are ours to write, whatever is configured. */
const framing: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function isFieldName(text: string): boolean {
  return token.test(text)
}

export function isFieldText(text: string): boolean {
  return !unsafe.test(text)
}

export function isFraming(lower: string): boolean {
  return framing.has(lower)
}

/** One character per byte, in UTF-8: what a value is written as. Blanks around it are not part of it (RFC 9110 5.5). */
export function fieldText(text: string): string {
  return Buffer.from(text.trim()).toString('latin1')
}

/** The name as Go writes it: `x-script-name` as `X-Script-Name`. */
export function fieldName(text: string): FieldName {
  const lower = text.toLowerCase()
  return { lower, written: lower.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()) }
}
