// A URL in a member's answer → the same place as the client reaches it.
import { hostPort } from '../exchange/host-port.ts'
import type { Exchange, ResponseHeadDraft } from '../exchange/exchange.ts'
import { findField } from '../exchange/field-list.ts'
import { clientScheme, portStart } from './request-url.ts'

export interface UrlMapping {
  readonly exchange: Exchange
  readonly origin: NonNullable<ResponseHeadDraft['origin']>
  /** What clients see before the member's paths, without a trailing slash; empty: nothing. */
  readonly prefix: string
}

/** Scheme and authority, or only `//` and authority. Greedy, and no part of it can begin another. */
const absolute = /^(?:(https?):)?\/\/([^/?#\\]*)/i
/** What stands before the URL in a Refresh, with its quote. */
const refreshUrl = /^[\s\d.]*[;,]\s*url\s*=\s*["']?/i
const authorityText = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i

/**
 * Only what points at the member is mapped: its address, the Host it was asked for as, or a path from the root. Other
 * hosts stay, and so do relative references, which the client resolves against the URL it knows. A path that begins with
 * the prefix stays too: its application knows of it.
 */
export function mapUrl(url: string, mapping: UrlMapping): string {
  const found = absolute.exec(url)
  if (found === null) return url.startsWith('/') ? withPrefix(url, mapping.prefix) : url
  const [whole, scheme = '', authority = ''] = found
  const base = publicBase(scheme.toLowerCase(), authority, mapping)
  return base === undefined ? url : base + withPrefix(url.slice(whole.length), mapping.prefix)
}

/** `5; url=/login`: the URL may stand in quotes, which stay. */
export function mapRefresh(value: string, mapping: UrlMapping): string {
  const before = refreshUrl.exec(value)?.[0]
  if (before === undefined) return value
  const quote = before.endsWith('"') || before.endsWith("'") ? before.slice(-1) : undefined
  const end = quote === undefined ? -1 : value.indexOf(quote, before.length)
  const to = end === -1 ? value.length : end
  return before + mapUrl(value.slice(before.length, to), mapping) + value.slice(to)
}

/** The path of a URL, of a cookie or the whole of a reference from the root, behind the prefix; never twice. */
export function withPrefix(path: string, prefix: string): string {
  const next = path[prefix.length]
  const has = path.startsWith(prefix) && (next === undefined || next === '/' || next === '?' || next === '#')
  return has || prefix === '' ? path : prefix + path
}

/** What stands before the path for the client; undefined: the URL does not point at the member. */
function publicBase(scheme: string, authority: string, { exchange, origin }: UrlMapping): string | undefined {
  const { address, host } = origin
  const via = scheme === '' ? address.scheme : scheme
  const named = withPort(authority, via).toLowerCase()
  const own = hostPort(address.host, address.port)
  const isMember = named === own.toLowerCase()
  if (!isMember && named !== withPort(host, via).toLowerCase()) return undefined
  const publicHost = clientHost(exchange)
  if (publicHost === undefined) return ''
  if (scheme === '') return `//${publicHost}`
  // Sent to https by its public name, the client must not be sent back to http: it would come again, for ever.
  return `${scheme === 'https' && !isMember ? scheme : clientScheme(exchange)}://${publicHost}`
}

function withPort(authority: string, scheme: string): string {
  const start = portStart(authority)
  if (start + 1 < authority.length) return authority
  return `${authority.slice(0, start)}:${scheme === 'https' ? '443' : '80'}`
}

/** The authority the client used; a trusted proxy before us knows it better. Undefined: it named none. */
function clientHost({ fields, hostField }: Exchange): string | undefined {
  const said = findField(fields, 'x-forwarded-host')
  return said !== undefined && authorityText.test(said) ? said : hostField
}
