// Path and Domain of a member's cookies → those under which the client's browser will send them back.
import type { PassReverseConfig } from '../model/dynamic-config.ts'
import { withPrefix } from './map-url.ts'

/** Maps one Set-Cookie value; `prefix` as in UrlMapping. Whatever it does not map stays, byte for byte. */
export type CookieMapper = (value: string, prefix: string) => string

export function cookieMapper({ cookiePath, cookieDomain }: PassReverseConfig): CookieMapper {
  const paths = [...cookiePath].map(([from, to]) => [trimmed(from), trimmed(to)] as const)
  const domains = new Map([...cookieDomain].map(([from, to]) => [bare(from), to] as const))

  const mapPath = (path: string, prefix: string): string => {
    if (!path.startsWith('/')) return path
    if (paths.length === 0) return under(path, prefix)
    const found = paths.find(([from]) => path.startsWith(from) && (path[from.length] ?? '/') === '/')
    if (found === undefined) return path
    const [from, to] = found
    // What is mapped from the root may be below the public path already.
    return from === '' ? under(path, to) : to + path.slice(from.length) || '/'
  }
  const mapDomain = (domain: string): string => domains.get(bare(domain)) ?? domain

  return (value, prefix) => {
    let result = value.slice(0, attributesStart(value))
    for (let start = result.length; start < value.length;) {
      const semicolon = value.indexOf(';', start + 1)
      const end = semicolon === -1 ? value.length : semicolon
      result += mapAttribute(value.slice(start, end), (name, text) => {
        if (name === 'path') return mapPath(text, prefix)
        return name === 'domain' ? mapDomain(text) : text
      })
      start = end
    }
    return result
  }
}

/** Where the first `;` behind the cookie's value stands. One in quotes is part of the value. */
function attributesStart(value: string): number {
  const equals = value.indexOf('=')
  const quoted = equals !== -1 && value[equals + 1] === '"' ? value.indexOf('"', equals + 2) : -1
  const start = value.indexOf(';', quoted + 1)
  return start === -1 ? value.length : start
}

/** `; Path=/x`, with its text mapped and the blanks around it kept. */
function mapAttribute(attribute: string, map: (name: string, text: string) => string): string {
  const equals = attribute.indexOf('=')
  if (equals === -1) return attribute
  const raw = attribute.slice(equals + 1)
  const text = raw.trim()
  const at = equals + 1 + raw.indexOf(text)
  const name = attribute.slice(1, equals).trim().toLowerCase()
  return attribute.slice(0, at) + map(name, text) + attribute.slice(at + text.length)
}

/** The root becomes the prefix itself: a cookie for `/app/` would not be sent to `/app`. */
function under(path: string, prefix: string): string {
  return path === '/' && prefix !== '' ? prefix : withPrefix(path, prefix)
}

function trimmed(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** RFC 6265 section 5.2.3: case and a leading dot make no difference. */
function bare(domain: string): string {
  return (domain.startsWith('.') ? domain.slice(1) : domain).toLowerCase()
}
