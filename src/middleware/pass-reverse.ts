// passReverse (Muster's own): what a member says of itself in Location, Content-Location, Refresh and Set-Cookie, told in
// the client's terms. Apache's ProxyPassReverse with its forms for cookies.
import type { Exchange, ResponseEdit } from '../exchange/exchange.ts'
import type { PassReverseConfig } from '../model/dynamic-config.ts'
import { cookieMapper } from './map-cookie.ts'
import { mapUrl, mapRefresh, type UrlMapping } from './map-url.ts'
import type { Middleware } from './middleware.ts'
import { editResponse } from './response-edit.ts'

const locationNames: ReadonlySet<string> = new Set(['location', 'content-location'])

/** Muster's own answers, and its own cookies, already speak to the client. */
export function passReverse(config: PassReverseConfig): Middleware {
  const configured = config.prefix === undefined ? undefined : withoutTrailingSlash(config.prefix)
  const mapCookie = cookieMapper(config)
  const edit: ResponseEdit = ({ fields, origin }, exchange) => {
    if (origin === undefined) return
    const mapping: UrlMapping = { exchange, origin, prefix: configured ?? strippedPrefix(exchange) }
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i]?.toLowerCase() ?? ''
      const value = fields[i + 1] ?? ''
      if (name === 'set-cookie') {
        if (!exchange.responseFields.includes(value)) fields[i + 1] = mapCookie(value, mapping.prefix)
      } else if (!config.location) continue
      else if (locationNames.has(name)) fields[i + 1] = mapUrl(value, mapping)
      else if (name === 'refresh') fields[i + 1] = mapRefresh(value, mapping)
    }
  }
  return (next) => (exchange) => {
    editResponse(exchange, edit)
    return next(exchange)
  }
}

/**
 * What path middlewares took off the front of the path: the part before the end that both have. Empty when nothing was, or
 * when the path became another one altogether.
 */
function strippedPrefix({ head, path }: Exchange): string {
  const rest = path === '/' ? '' : path
  return head.path.endsWith(rest) ? withoutTrailingSlash(head.path.slice(0, head.path.length - rest.length)) : ''
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
