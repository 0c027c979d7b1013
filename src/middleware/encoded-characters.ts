// encodedCharacters (Traefik): a request whose path holds an escape that is not allowed is refused.
import { respond } from '../exchange/respond.ts'
import type { EncodedCharacters, EncodedCharactersConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'

/** Canonical paths have them in upper case. */
const escapeByOption: readonly (readonly [option: keyof EncodedCharacters, escape: string])[] = [
  ['allowEncodedSlash', '%2F'],
  ['allowEncodedBackSlash', '%5C'],
  ['allowEncodedNullCharacter', '%00'],
  ['allowEncodedSemicolon', '%3B'],
  ['allowEncodedPercent', '%25'],
  ['allowEncodedQuestionMark', '%3F'],
  ['allowEncodedHash', '%23'],
]

/** Looks at the path the client asked for, whatever other middlewares made of it. */
export function encodedCharacters(config: EncodedCharactersConfig): Middleware {
  const refused = new Set(escapeByOption.filter(([option]) => !config[option]).map(([, escape]) => escape))
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
