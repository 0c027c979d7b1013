// replacePathRegex (Traefik): every match in the encoded path is replaced; the member is told the path before.
import { escapePath, hasBadEscape, isClean, withLeadingSlash } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'
import type { ReplacePathRegexConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'
import { compiled, replaceAll, replacementOf } from './regexp-option.ts'
import { replacedPathField } from './replace-path.ts'

export function replacePathRegex(config: ReplacePathRegexConfig): Middleware {
  const regexp = compiled(config.regex.trim())
  const replacement = replacementOf(config.replacement.trim())
  return (next) => (exchange) => {
    const before = exchange.path
    if (!regexp.test(before)) return next(exchange)
    const replaced = replaceAll(regexp, before, replacement)
    const path = replaced === undefined ? undefined : withLeadingSlash(escapePath(replaced))
    const refused = refusal(path)
    if (path === undefined || refused !== undefined) {
      respond(exchange, refused ?? 414)
      return Promise.resolve()
    }
    exchange.fields.push(replacedPathField, before)
    exchange.path = path
    return next(exchange)
  }
}

/** The status for a path that must not go on. Undefined for `path`: replacing would have taken too long, or made too much. */
function refusal(path: string | undefined): number | undefined {
  if (path === undefined) return 414
  // As in Traefik: an escape cut in half is the configuration's fault, a path that climbs the client's.
  if (hasBadEscape(path)) return 500
  return isClean(path) ? undefined : 400
}
