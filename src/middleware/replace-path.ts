// replacePath (Traefik): the member is asked for another path, with the same query, and told the one before.
import { escapePath, withLeadingSlash } from '../exchange/path.ts'
import type { ReplacePathConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'

export const replacedPathField = 'X-Replaced-Path'

/** Escapes in the option stay escapes: `/a%2Fb` is asked for as such. A `?` in it is part of the path. */
export function replacePath(config: ReplacePathConfig): Middleware {
  const path = withLeadingSlash(escapePath(config.path))
  return (next) => (exchange) => {
    exchange.fields.push(replacedPathField, exchange.path)
    exchange.path = path
    return next(exchange)
  }
}
