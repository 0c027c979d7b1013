// Dynamic configuration → snapshot. A router that cannot work is disabled with its reasons and takes nothing else along.
import type { RuleSyntax, ServiceConfig } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { ObjectKind, Problem } from '../model/problem.ts'
import { qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { findShadows } from './host-claims.ts'
import { linkRouter, withWarnings } from './link-router.ts'
import type { LinkedRouter } from './link-router.ts'
import { Memo } from './memo.ts'
import { middlewareInfos, serviceInfos } from './object-infos.ts'
import { MiddlewareResolver } from './resolve-middleware.ts'
import { entryPointResolutions } from './router-references.ts'
import type { EntryPointOptions, KnownObjects } from './router-references.ts'
import type { RoutePlan, Snapshot } from './snapshot.ts'

export interface LinkContext {
  readonly entryPoints: ReadonlyMap<string, EntryPointOptions>
  /** Those a router gets that names none. */
  readonly defaultEntryPoints: readonly string[]
  /** Muster's own services: `api@internal`, `ping@internal`, … */
  readonly internalServices: readonly QualifiedName[]
  readonly defaultRuleSyntax: RuleSyntax
}

export type Link = (config: DynamicConfig, version: number) => Snapshot

const noProblems: readonly Problem[] = []

/**
 * Links one configuration after the other. Objects of the model that are the same as before give the same routes, so that an
 * update costs what changed and not what there is.
 */
export function createLinker(context: LinkContext): Link {
  const { entryPoints, defaultEntryPoints, internalServices, defaultRuleSyntax } = context
  const memo = new Memo<QualifiedName, LinkedRouter>()
  const resolver = new MiddlewareResolver()
  const internal = new Map(internalServices.map((name) => [name, undefined]))

  return (config, version) => {
    const unreadRouters = errorsOf('router', config.problems)
    const unreadServices = errorsOf('service', config.problems)
    memo.turn()
    resolver.begin(config, errorsOf('middleware', config.problems))
    const known: KnownObjects = {
      entryPoints,
      defaultEntryPoints,
      services: new Map<QualifiedName, ServiceConfig | undefined>([...internal, ...config.services]),
    }
    const linked = [...config.routers].map(([name, router]) => {
      const origin = config.origins.get(name)
      const service = router.service as QualifiedName
      const unread = [...(unreadRouters.get(name) ?? noProblems), ...(unreadServices.get(service) ?? noProblems)]
      const middlewares = router.middlewares.map((reference) => resolver.resolve(reference as QualifiedName))
      const using = router.entryPoints?.filter((entryPoint) => entryPoints.has(entryPoint)) ?? defaultEntryPoints
      const before = entryPointResolutions(name, using, known, resolver)
      // A missing name's hint depends on the names there are, so that case is worked out anew.
      const target = known.services.has(service) ? known.services.get(service)?.pending : {}
      const inputs = [router, origin, ...unread, target, ...middlewares, ...before.flat()]
      return memo.recall(name, inputs, () =>
        linkRouter({ name, router, origin, unread, middlewares, before }, known, defaultRuleSyntax),
      )
    })
    const shadows = findShadows(linked)
    const routers = linked.map((router) => {
      const warnings = shadows.get(router.name)
      return warnings === undefined ? router : withWarnings(router, warnings)
    })
    return Object.freeze({
      version,
      routers: new Map(routers.map((router) => [router.name, router.info])),
      services: serviceInfos(config, routers, internalServices),
      middlewares: middlewareInfos(config, routers, resolver),
      tcp: config.tcp,
      udp: config.udp,
      problems: [...config.problems, ...routers.flatMap(({ problems }) => problems)],
      plan: { routes: routesOf(routers), services: config.services },
    })
  }
}

function routesOf(routers: readonly LinkedRouter[]): ReadonlyMap<QualifiedName, RoutePlan> {
  return new Map(routers.flatMap(({ name, route }) => (route === undefined ? [] : [[name, route] as const])))
}

/** By the object they belong to. */
function errorsOf(kind: ObjectKind, problems: readonly Problem[]): ReadonlyMap<QualifiedName, readonly Problem[]> {
  const errors = problems.filter(({ severity, object }) => severity === 'error' && object?.kind === kind)
  return Map.groupBy(errors, ({ object, provider }) => qualify(object?.name ?? '', provider))
}
