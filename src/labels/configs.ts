// Decoded fields → the model, where labels and documents say the same.
import type { MiddlewareConfig, RouterConfig } from '../model/dynamic-config.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import type { LabelProblem } from './finding.ts'
import { given } from './map-values.ts'
import { middlewareConfig } from './middleware-schema.ts'
import type { middleware } from './middleware-schema.ts'
import type { routerFields } from './router-schema.ts'
import type { Infer, Struct } from './schema.ts'

type Router = Infer<Struct<typeof routerFields>>

/** What a router may leave out, as far as it is given. A priority of 0 is none, as in Traefik. */
export function routerOptions(
  router: Router,
): Pick<RouterConfig, 'priority' | 'ruleSyntax' | 'tls' | 'observability' | 'stickyCookie'> {
  const { priority, ruleSyntax, tls, observability, sticky } = router
  const { path, domain } = sticky?.cookie ?? {}
  return {
    priority: priority === 0n ? undefined : priority,
    ...given({
      ruleSyntax: ruleSyntax === 'default' ? undefined : ruleSyntax,
      tls,
      observability,
      stickyCookie: path === undefined && domain === undefined ? undefined : { path, domain },
    }),
  }
}

/**
 * Only the whole ones. An option that cannot be read may be what makes the difference between a guard and none, so a
 * middleware with an error does not exist, and a router that uses it is not served.
 */
export function middlewareConfigs(
  decoded: ReadonlyMap<string, Exclude<Infer<typeof middleware>, undefined>>,
  problems: readonly LabelProblem[],
): ReadonlyMap<string, MiddlewareConfig> {
  const broken = new Set(
    problems.flatMap(({ severity, object }) =>
      severity === 'error' && object?.kind === 'middleware' ? [object.name.toLowerCase()] : [],
    ),
  )
  const whole = [...decoded].filter(([name]) => !broken.has(name.toLowerCase()))
  return new Map(whole.map(([name, config]) => [name, middlewareConfig(config)]))
}

interface PendingFields {
  readonly responseForwarding: unknown
  readonly serversTransport: unknown
  readonly middlewares: unknown
}

/** What of a service has no effect yet, as far as it is set. */
export function pendingOptions(service: PendingFields, preservePath: boolean): ServiceConfig['pending'] {
  const { responseForwarding, serversTransport, middlewares } = service
  const pending = given({
    responseForwarding,
    serversTransport,
    middlewares,
    preservePath: preservePath || undefined,
  })
  return Object.keys(pending).length === 0 ? undefined : pending
}
