// encodedCharacters (Traefik): a request whose path holds an escape that is not allowed is refused.
import { refusedEscapes } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'
import type { EncodedCharactersConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'

/** Looks at the path the client asked for, whatever other middlewares made of it. */
export function encodedCharacters(config: EncodedCharactersConfig): Middleware {
  const refused = refusedEscapes(config)
  return (next) => (exchange) => {
    const { path } = exchange.head
    for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', at + 3)) {
      if (!refused.has(path.slice(at, at + 3))) continue
      respond(exchange, 400)
      return Promise.resolve()
    }
    return next(exchange)
  }
}
