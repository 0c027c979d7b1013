// stripPrefixRegex (Traefik): as stripPrefix, but the prefix is what a regular expression matches.
import type { StripPrefixRegexConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'
import { compiled } from './regexp-option.ts'
import { strip } from './strip-prefix.ts'

/**
 * The first expression counts whose leftmost match is not empty and begins the encoded path. It is not anchored: a match
 * further on is no prefix, and the next expression is tried.
 */
export function stripPrefixRegex({ regex }: StripPrefixRegexConfig): Middleware {
  const expressions = regex.map((pattern) => compiled(pattern.trim()))
  return (next) => (exchange) => {
    for (const expression of expressions) {
      const prefix = expression.find(exchange.path)
      if (prefix !== undefined && prefix !== '' && exchange.path.startsWith(prefix)) {
        return strip(exchange, prefix, false, next)
      }
    }
    return next(exchange)
  }
}
