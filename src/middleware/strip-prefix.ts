// stripPrefix (Traefik): the member is asked for what follows the prefix, and told the prefix in X-Forwarded-Prefix.
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { escapePath, isClean, withLeadingSlash } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'
import type { StripPrefixConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'

/**
 * The first prefix that fits is taken off the encoded path; the rest gets a leading `/`, except that nothing left stays
 * nothing (asked for as `/`) unless forceSlash. A path without any of the prefixes passes unchanged.
 */
export function stripPrefix({ prefixes, forceSlash }: StripPrefixConfig): Middleware {
  const candidates = prefixes.map((prefix) => escapePath(prefix.trim())).filter((prefix) => prefix !== '')
  return (next) => (exchange) => {
    const prefix = candidates.find((candidate) => exchange.path.startsWith(candidate))
    return prefix === undefined ? next(exchange) : strip(exchange, prefix, forceSlash, next)
  }
}

/** Takes `prefix`, with which the path begins, off, and goes on. */
export function strip(exchange: Exchange, prefix: string, forceSlash: boolean, next: Handler): Promise<void> {
  const rest = withLeadingSlash(exchange.path.slice(prefix.length))
  const path = rest === '' && forceSlash ? '/' : rest
  // `/api../admin` without `/api` would climb out of the prefix it was routed by (CVE-2026-48020).
  if (!isClean(path)) {
    respond(exchange, 400)
    return Promise.resolve()
  }
  exchange.path = path
  exchange.fields.push('X-Forwarded-Prefix', prefix)
  return next(exchange)
}
