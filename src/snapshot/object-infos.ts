// What people are shown of services and middlewares: who uses them, and what is wrong with them.
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { MiddlewareResolver } from './resolve-middleware.ts'
import type { MiddlewareInfo, RouterInfo, ServiceInfo } from './snapshot.ts'

type Routers = ReadonlyMap<QualifiedName, RouterInfo>

const nobody: readonly QualifiedName[] = []

export function serviceInfos(
  config: DynamicConfig,
  routers: Routers,
  internal: readonly QualifiedName[],
): Map<QualifiedName, ServiceInfo> {
  const usedBy = users(routers, ({ service }) => [service])
  const names = [...[...config.services.keys()].sort(), ...internal]
  return new Map(
    names.map((name) => [
      name,
      { config: config.services.get(name), status: 'enabled', errors: [], usedBy: usedBy.get(name) ?? nobody },
    ]),
  )
}

export function middlewareInfos(config: DynamicConfig, routers: Routers): Map<QualifiedName, MiddlewareInfo> {
  const resolver = new MiddlewareResolver(config)
  const usedBy = users(routers, ({ middlewares }) => middlewares)
  return new Map(
    [...config.middlewares].sort(byName).map(([name, middleware]) => {
      const errors = resolver.resolve(name).faults.map(({ reason, hint }) => (hint ? `${reason}; ${hint}` : reason))
      const status = errors.length > 0 ? 'disabled' : 'enabled'
      return [name, { config: middleware, status, errors, usedBy: usedBy.get(name) ?? nobody }]
    }),
  )
}

function users(
  routers: Routers,
  referencesOf: (config: RouterInfo['config']) => readonly string[],
): ReadonlyMap<string, readonly QualifiedName[]> {
  const usedBy = new Map<string, QualifiedName[]>()
  for (const [name, { config }] of routers) {
    for (const reference of referencesOf(config)) {
      const known = usedBy.get(reference)
      if (known === undefined) usedBy.set(reference, [name])
      else if (known.at(-1) !== name) known.push(name)
    }
  }
  return usedBy
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
