// redirectRegex (Traefik): every match in the request's URL is replaced; the result is where the client is sent.
import { targetOf } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'
import type { RedirectRegexConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'
import { redirect } from './redirect.ts'
import { compiled, replaceAll, replacementOf } from './regexp-option.ts'
import { connectionScheme } from './request-url.ts'

/**
 * The URL is `scheme://host[:port]/path?query`: the Host as it came, the scheme of the connection itself whatever
 * X-Forwarded-Proto says. One that stays the same passes, or it would be redirected for ever.
 */
export function redirectRegex(config: RedirectRegexConfig): Middleware {
  const regexp = compiled(config.regex)
  // Written as bytes only now: they would be other names behind a `$`, and more than the limit.
  const replacement = replacementOf(config.replacement.trim()).map((part) =>
    typeof part === 'string' ? Buffer.from(part).toString('latin1') : part,
  )
  const isElsewhere = config.replacement.startsWith('//')
  return (next) => (exchange) => {
    const url = `${connectionScheme(exchange.head)}://${exchange.hostField ?? ''}${targetOf(exchange)}`
    if (!regexp.test(url)) return next(exchange)
    const replaced = replaceAll(regexp, url, replacement)
    if (replaced === undefined) {
      respond(exchange, 414)
      return Promise.resolve()
    }
    if (replaced === url) return next(exchange)
    // `/$1` is meant as a path of this host, also for the path `//evil.com` (CVE-2020-15129).
    const location = isElsewhere ? replaced : replaced.replace(/^[/\\]{2,}/, '/')
    return redirect(exchange, location, config.permanent)
  }
}
