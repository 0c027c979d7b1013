// Muster's own pages and the redirections of whole entrypoints as routers of a provider named `internal`, as Traefik does: they
// show up beside the users' own, and a user may route to `api@internal` by label instead of opening the entrypoint.
import type { Declaration } from '../model/declaration.ts'
import type { MiddlewareConfig, RouterConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { qualify } from '../model/qualified-name.ts'
import type { RedirectionSettings, Settings } from '../settings/settings.ts'
import { internalEntryPoint } from '../settings/settings.ts'

/** Above everything a user may set (Traefik reserves the last thousand of an int64). */
const highestPriority = 2n ** 63n - 1n

/** Muster's own services under these settings: without `api` there is no `api@internal`, as in Traefik. */
export function internalServiceNames({ api, metrics }: Settings): readonly QualifiedName[] {
  const names = ['noop', 'ping']
  if (api.enabled) names.push('api')
  if (api.enabled && api.dashboard) names.push('dashboard')
  if (metrics !== undefined) names.push('prometheus')
  return names.sort().map((name) => qualify(name, 'internal'))
}

export function internalDeclaration(settings: Settings): Declaration {
  const { api, ping, metrics, entryPoints } = settings
  const routers = new Map<string, RouterConfig>()
  const middlewares = new Map<string, MiddlewareConfig>()
  if (api.enabled && api.insecure) {
    const { basePath } = api
    const path = (below: string): string => `PathPrefix(\`${basePath}${below}\`)`
    routers.set('api', internalRouter(internalEntryPoint, path('/api'), 'api', 1n))
    if (api.dashboard) routers.set('dashboard', internalRouter(internalEntryPoint, path('/'), 'dashboard', 2n))
  }
  const pingEntryPoint = ping?.manualRouting === true ? undefined : (ping?.entryPoint ?? pingBesideApi(settings))
  if (pingEntryPoint !== undefined)
    routers.set('ping', internalRouter(pingEntryPoint, 'PathPrefix(`/ping`)', 'ping', 0n))
  if (metrics !== undefined && !metrics.manualRouting)
    routers.set('prometheus', internalRouter(metrics.entryPoint, 'PathPrefix(`/metrics`)', 'prometheus', 0n))
  for (const [name, { redirection }] of entryPoints) {
    if (redirection !== undefined) redirect(name, redirection, settings, { routers, middlewares })
  }
  return {
    provider: 'internal',
    routers,
    services: new Map(),
    middlewares,
    problems: [],
    cause: { what: 'start', at: Date.now() },
  }
}

/** The API's entrypoint answers pings unasked: whoever opened it can see more than that. */
function pingBesideApi({ api }: Settings): string | undefined {
  return api.enabled && api.insecure ? internalEntryPoint : undefined
}

function redirect(
  entryPoint: string,
  { to, scheme, permanent, priority }: RedirectionSettings,
  { entryPoints }: Settings,
  into: { routers: Map<string, RouterConfig>; middlewares: Map<string, MiddlewareConfig> },
): void {
  const port = to.startsWith(':') ? to.slice(1) : String(entryPoints.get(to)?.port ?? '')
  const name = `${entryPoint}-to-${to.replace(/^:/, '')}`
  const middleware = `redirect-${name}`
  into.middlewares.set(middleware, { kind: 'redirectScheme', scheme, port, permanent })
  into.routers.set(name, {
    rule: 'HostRegexp(`^.+$`)',
    ruleSyntax: 'v3',
    entryPoints: [entryPoint],
    middlewares: [middleware],
    service: 'noop',
    priority,
  })
}

function internalRouter(entryPoint: string, rule: string, service: string, below: bigint): RouterConfig {
  return {
    rule,
    ruleSyntax: 'v3',
    entryPoints: [entryPoint],
    middlewares: [],
    service,
    priority: highestPriority - below,
  }
}
