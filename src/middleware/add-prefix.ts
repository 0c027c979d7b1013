// addPrefix (Traefik): the member is asked for the path with something before it.
import { escapePath, withLeadingSlash } from '../exchange/path.ts'
import type { AddPrefixConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'

/** A prefix without a leading `/` gets one; a trailing one is not folded into the path's own. */
export function addPrefix(config: AddPrefixConfig): Middleware {
  const prefix = withLeadingSlash(escapePath(config.prefix))
  return (next) => (exchange) => {
    exchange.path = prefix + exchange.path
    return next(exchange)
  }
}
