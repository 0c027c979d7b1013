// redirectScheme (Traefik): the same URL under another scheme, and port.
import { targetOf } from '../exchange/path.ts'
import { respond } from '../exchange/respond.ts'
import type { RedirectSchemeConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'
import { redirect } from './redirect.ts'
import { clientScheme, isDefaultPort, portStart } from './request-url.ts'

/**
 * Without a port the one in the request is dropped, as a scheme's default is; what already has the scheme and the port
 * passes. A request that names no host cannot be redirected, and must not pass either: it is refused.
 */
export function redirectScheme(config: RedirectSchemeConfig): Middleware {
  const scheme = config.scheme.toLowerCase()
  const port = config.port === '' || isDefaultPort(scheme, config.port) ? '' : `:${config.port}`
  return (next) => (exchange) => {
    const { hostField } = exchange
    if (hostField === undefined || hostField === '') {
      respond(exchange, 400)
      return Promise.resolve()
    }
    const hostEnd = portStart(hostField)
    const cameBy = clientScheme(exchange)
    const asked = hostField.slice(hostEnd + 1)
    const cameTo = asked === '' || isDefaultPort(cameBy, asked) ? '' : hostField.slice(hostEnd)
    if (cameBy === scheme && cameTo === port) return next(exchange)
    return redirect(
      exchange,
      `${scheme}://${hostField.slice(0, hostEnd)}${port}${targetOf(exchange)}`,
      config.permanent,
    )
  }
}
