// Cookies of a request, without a map per request: only pairs in whose text the name occurs are looked at, and each once,
// so that the work grows with the text and not with what is in it.
import { isNamed } from '../exchange/field-list.ts'

/**
 * What `accept` makes of the first value of that name it takes. A browser may send several of one name, for different
 * paths. Quotes around a value are taken off (RFC 6265 section 4.1.1).
 */
export function findInCookies<T>(
  fields: readonly string[],
  name: string,
  accept: (value: string) => T | undefined,
): T | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (!isNamed(fields[i] ?? '', 'cookie')) continue
    const found = findInText(fields[i + 1] ?? '', name, accept)
    if (found !== undefined) return found
  }
  return undefined
}

function findInText<T>(text: string, name: string, accept: (value: string) => T | undefined): T | undefined {
  for (let at = text.indexOf(name); at !== -1;) {
    const start = text.lastIndexOf(';', at) + 1
    const semicolon = text.indexOf(';', at)
    const end = semicolon === -1 ? text.length : semicolon
    const equals = text.indexOf('=', start)
    if (equals !== -1 && equals < end && text.slice(start, equals).trim() === name) {
      const found = accept(unquoted(text.slice(equals + 1, end).trim()))
      if (found !== undefined) return found
    }
    at = semicolon === -1 ? -1 : text.indexOf(name, semicolon)
  }
  return undefined
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}
