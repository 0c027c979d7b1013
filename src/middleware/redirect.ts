// What both redirects answer: Traefik's status codes, and a Location that nothing can break out of.
import type { Exchange } from '../exchange/exchange.ts'
import { hasBadEscape } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'

/** Other methods than GET, HEAD among them, are told to stay what they are. */
const statuses = { temporary: { get: 302, other: 307 }, permanent: { get: 301, other: 308 } } as const

const controls = /[^\x20-\x7e\x80-\uffff]/
/** What may not stand raw in any part of a URL: RFC 3986 section 2. */
const unsafe = /[\x20"<>\\^`{|}\x80-\uffff]/g
const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i
const unsafeInAuthority = /[^\w.~!$&'()*+,;=:@[\]-]/

/** Answers with the URL, or 502 when it is none, as Traefik. */
export function redirect(exchange: Exchange, url: string, permanent: boolean): Promise<void> {
  const location = locationOf(url)
  if (location === undefined) {
    respond(exchange, 502)
    return Promise.resolve()
  }
  const { get, other } = statuses[permanent ? 'permanent' : 'temporary']
  const status = exchange.head.method === 'GET' ? get : other
  respond(exchange, status, undefined, ['Location', location, 'Content-Type', 'text/plain; charset=utf-8'])
  return Promise.resolve()
}

/** One byte per character, and none that could end the line or mean something else to a browser (CVE-2016-5325). */
function locationOf(url: string): string | undefined {
  const host = authority.exec(url)?.[1]
  if (controls.test(url) || (host !== undefined && unsafeInAuthority.test(host))) return undefined
  const pathEnd = url.search(/[?#]/)
  if (hasBadEscape(pathEnd === -1 ? url : url.slice(0, pathEnd))) return undefined
  return url.replace(unsafe, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
