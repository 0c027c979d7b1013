// Muster's own pages as routers of a provider named `internal`, as Traefik does: they show up beside the users' own,
// and a user may route to `api@internal` by label instead of opening the entrypoint.
import type { Declaration } from '../model/declaration.ts'
import type { RouterConfig } from '../model/dynamic-config.ts'

/** Above everything a user may set (Traefik reserves the last thousand of an int64). */
const highestPriority = 2n ** 63n - 1n

export interface InternalPages {
  /** The entrypoint that carries the API and the pages without a router of the user's: `api.insecure`. */
  readonly apiEntryPoint: string | undefined
  readonly pingEntryPoint: string | undefined
}

export function internalDeclaration({ apiEntryPoint, pingEntryPoint }: InternalPages): Declaration {
  const routers = new Map<string, RouterConfig>()
  if (apiEntryPoint !== undefined) {
    routers.set('api', internalRouter(apiEntryPoint, 'PathPrefix(`/api`)', 'api', 1n))
    routers.set('balancer-manager', internalRouter(apiEntryPoint, 'PathPrefix(`/balancer-manager`)', 'api', 1n))
    routers.set('root', internalRouter(apiEntryPoint, 'Path(`/`)', 'api', 2n))
  }
  if (pingEntryPoint !== undefined)
    routers.set('ping', internalRouter(pingEntryPoint, 'PathPrefix(`/ping`)', 'ping', 0n))
  return {
    provider: 'internal',
    routers,
    services: new Map(),
    middlewares: new Map(),
    problems: [],
    cause: { what: 'start', at: Date.now() },
  }
}

function internalRouter(entryPoint: string, rule: string, service: string, below: bigint): RouterConfig {
  return { rule, entryPoints: [entryPoint], middlewares: [], service, priority: highestPriority - below }
}
