// What people are shown of services and middlewares: who uses them, and what is wrong with them.
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { LinkedRouter } from './link-router.ts'
import type { MiddlewareResolver } from './resolve-middleware.ts'
import type { MiddlewareInfo, ServiceInfo } from './snapshot.ts'

const nobody: readonly QualifiedName[] = []

export function serviceInfos(
  config: DynamicConfig,
  routers: readonly LinkedRouter[],
  internal: readonly QualifiedName[],
): Map<QualifiedName, ServiceInfo> {
  const usedBy = users(routers, ({ service }) => [service])
  const names = [...config.services.keys(), ...internal]
  return new Map(
    names.map((name) => [
      name,
      { config: config.services.get(name), status: 'enabled', errors: [], usedBy: usedBy.get(name) ?? nobody },
    ]),
  )
}

export function middlewareInfos(
  config: DynamicConfig,
  routers: readonly LinkedRouter[],
  resolver: MiddlewareResolver,
): Map<QualifiedName, MiddlewareInfo> {
  const usedBy = users(routers, ({ middlewares }) => middlewares)
  return new Map(
    [...config.middlewares].map(([name, middleware]) => {
      const errors = resolver.resolve(name).faults.map(({ reason, hint }) => (hint ? `${reason}; ${hint}` : reason))
      const status = errors.length > 0 ? 'disabled' : 'enabled'
      return [name, { config: middleware, status, errors, usedBy: usedBy.get(name) ?? nobody }]
    }),
  )
}

function users(
  routers: readonly LinkedRouter[],
  referencesOf: (config: LinkedRouter['info']['config']) => readonly string[],
): ReadonlyMap<string, readonly QualifiedName[]> {
  const usedBy = new Map<string, QualifiedName[]>()
  for (const { name, info } of routers) {
    for (const reference of referencesOf(info.config)) {
      const known = usedBy.get(reference)
      if (known === undefined) usedBy.set(reference, [name])
      else if (known.at(-1) !== name) known.push(name)
    }
  }
  return usedBy
}
