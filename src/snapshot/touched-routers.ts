// Which routers an update may have changed: those that are not what they were, and those that lead to something that is not.
import { changesBetween } from '../model/changes.ts'
import type { DynamicConfig } from '../model/merge.ts'
import { providerOf, qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { LinkedRouter } from './link-router.ts'
import type { EntryPointOptions } from './router-references.ts'

export function touchedRouters(
  before: { readonly config: DynamicConfig; readonly routers: ReadonlyMap<QualifiedName, LinkedRouter> },
  config: DynamicConfig,
  entryPoints: ReadonlyMap<string, EntryPointOptions>,
): ReadonlySet<QualifiedName> {
  const routers = new Set([
    ...changesBetween(before.config.routers, config.routers).keys(),
    ...changesBetween(before.config.origins, config.origins).keys(),
  ])
  const names = touchedNames(before.config, config)
  if (names.size === 0) return routers
  const shared = [...entryPoints.values()].flatMap(({ middlewares }) => middlewares)
  for (const [name, { service, middlewares }] of config.routers) {
    if (names.has(name) || names.has(service) || middlewares.some((reference) => names.has(reference)))
      routers.add(name)
    else if (shared.some((reference) => names.has(qualify(reference, providerOf(name))))) routers.add(name)
    // What it lacks may have come, and the name it may have meant may have gone.
    else if (before.routers.get(name)?.info.status === 'disabled') routers.add(name)
  }
  return routers
}

/** Services and middlewares that came, went or changed in what a router depends on, and all of which something cannot be read. */
function touchedNames(before: DynamicConfig, config: DynamicConfig): ReadonlySet<string> {
  const names = new Set<string>(changesBetween(before.middlewares, config.middlewares).keys())
  for (const [name, service] of changesBetween(before.services, config.services)) {
    const known = before.services.get(name)
    // Members come and go all the time and are no router's business.
    if (known === undefined || service === undefined || known.pending !== service.pending) names.add(name)
  }
  if (before.problems !== config.problems || before.owners !== config.owners) {
    for (const { object, provider, severity } of [...before.problems, ...config.problems]) {
      if (severity === 'error' && object !== undefined) names.add(qualify(object.name, provider))
    }
  }
  if (names.size > 0) addChains(names, config)
  return names
}

/** A chain changes with what is in it. */
function addChains(names: Set<string>, { middlewares }: DynamicConfig): void {
  const chains = [...middlewares].filter(([name, { kind }]) => kind === 'chain' && !names.has(name))
  for (let found = true; found;) {
    found = false
    for (const [name, middleware] of chains) {
      if (middleware.kind !== 'chain' || names.has(name)) continue
      if (middleware.middlewares.some((part) => names.has(part))) found = names.add(name).size > 0
    }
  }
}
