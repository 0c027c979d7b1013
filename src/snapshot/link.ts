// Dynamic configuration → snapshot. Pure. A router that cannot work is disabled with its reasons and takes nothing else
// along.
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { linkRouter } from './link-router.ts'
import type { LinkedRouter } from './link-router.ts'
import type { MiddlewareInfo, ServiceInfo, Snapshot } from './snapshot.ts'

export interface LinkContext {
  readonly version: number
  /** Every entrypoint's name, and those a router gets that names none. */
  readonly entryPoints: readonly string[]
  readonly defaultEntryPoints: readonly string[]
  /** Muster's own services: `api@internal`, `ping@internal`, … */
  readonly internalServices: readonly QualifiedName[]
}

export function link(config: DynamicConfig, { version, internalServices, ...names }: LinkContext): Snapshot {
  const services = new Set([...internalServices, ...config.services.keys()])
  const routers = [...config.routers].map(([name, router]) => linkRouter(name, router, config, { ...names, services }))
  return Object.freeze({
    version,
    routers: new Map(routers.map((router) => [router.name, router.info])),
    services: serviceInfos(config, routers, internalServices),
    middlewares: middlewareInfos(config, routers),
    problems: [...config.problems, ...routers.flatMap(({ problems }) => problems)],
    plan: { routes: routers.flatMap(({ route }) => route ?? []), services: config.services },
  })
}

function serviceInfos(
  config: DynamicConfig,
  routers: readonly LinkedRouter[],
  internal: readonly QualifiedName[],
): Map<QualifiedName, ServiceInfo> {
  const usedBy = Map.groupBy(routers, ({ info }) => info.config.service as QualifiedName)
  const names = [...config.services.keys(), ...internal]
  return new Map(
    names.map((name) => [
      name,
      { config: config.services.get(name), status: 'enabled', usedBy: (usedBy.get(name) ?? []).map((r) => r.name) },
    ]),
  )
}

function middlewareInfos(config: DynamicConfig, routers: readonly LinkedRouter[]): Map<QualifiedName, MiddlewareInfo> {
  return new Map(
    [...config.middlewares].map(([name, middleware]) => {
      const usedBy = routers.filter(({ info }) => info.config.middlewares.includes(name)).map((router) => router.name)
      return [name, { config: middleware, status: 'enabled', usedBy }]
    }),
  )
}
