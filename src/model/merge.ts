// Declarations → one dynamic configuration: every name qualified, every reference resolved to a qualified one.
import type { Declaration, Origin } from './declaration.ts'
import type { MiddlewareConfig, RouterConfig, ServiceConfig } from './dynamic-config.ts'
import type { Problem } from './problem.ts'
import { qualify } from './qualified-name.ts'
import type { QualifiedName } from './qualified-name.ts'

export interface DynamicConfig {
  /** References in a router (service, middlewares) are qualified names here. */
  readonly routers: ReadonlyMap<QualifiedName, RouterConfig>
  readonly services: ReadonlyMap<QualifiedName, ServiceConfig>
  readonly middlewares: ReadonlyMap<QualifiedName, MiddlewareConfig>
  readonly problems: readonly Problem[]
  readonly origins: ReadonlyMap<QualifiedName, Origin>
}

export const emptyConfig: DynamicConfig = {
  routers: new Map(),
  services: new Map(),
  middlewares: new Map(),
  problems: [],
  origins: new Map(),
}

/** The order of the declarations does not matter: qualified names cannot collide, and the result is sorted. */
export function merge(declarations: Iterable<Declaration>): DynamicConfig {
  const sorted = [...declarations].sort((a, b) => (a.provider < b.provider ? -1 : 1))
  return {
    routers: new Map(sorted.flatMap((d) => entries(d, d.routers, (router) => qualifyReferences(router, d.provider)))),
    services: new Map(sorted.flatMap((d) => entries(d, d.services, (service) => service))),
    middlewares: new Map(sorted.flatMap((d) => entries(d, d.middlewares, (middleware) => middleware))),
    problems: sorted.flatMap((d) => d.problems),
    origins: new Map(sorted.flatMap((d) => entries(d, d.origins ?? none, (origin) => origin))),
  }
}

const none: ReadonlyMap<string, Origin> = new Map()

function entries<T>(
  { provider }: Declaration,
  objects: ReadonlyMap<string, T>,
  resolve: (object: T) => T,
): [QualifiedName, T][] {
  const names = [...objects.keys()].sort()
  return names.map((name) => [qualify(name, provider), resolve(objects.get(name) as T)])
}

function qualifyReferences(router: RouterConfig, provider: string): RouterConfig {
  return {
    ...router,
    service: qualify(router.service, provider),
    middlewares: router.middlewares.map((name) => qualify(name, provider)),
  }
}
