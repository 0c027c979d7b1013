// headers (Traefik): custom fields and CORS around, security fields within.
import type { HeadersConfig } from '../model/dynamic-config.ts'
import { cors } from './cors.ts'
import { customHeaders } from './custom-headers.ts'
import type { Middleware } from './middleware.ts'
import { securityHeaders } from './security-headers.ts'

/**
 * As in Traefik a preflight is answered before anything else, and a custom response field has the last word over a
 * security field, CORS over both.
 */
export function headers(config: HeadersConfig): Middleware {
  const parts = [cors(config), customHeaders(config), securityHeaders(config)].filter((part) => part !== undefined)
  return (next) => parts.reduceRight((inner, part) => part(inner), next)
}
