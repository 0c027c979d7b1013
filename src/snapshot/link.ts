// Dynamic configuration → snapshot. A router that cannot work is disabled with its reasons and takes nothing else along.
import type { RuleSyntax } from '../model/dynamic-config.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import { withChanges } from '../model/changes.ts'
import type { Changes } from '../model/changes.ts'
import { emptyConfig } from '../model/merge.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { Problem } from '../model/problem.ts'
import { providerOf, qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { HostClaims } from './host-claims.ts'
import { linkRouter, withWarnings } from './link-router.ts'
import type { LinkedRouter } from './link-router.ts'
import { middlewareInfos, serviceInfos } from './object-infos.ts'
import { MiddlewareResolver } from './resolve-middleware.ts'
import type { Resolution } from './resolve-middleware.ts'
import type { EntryPointOptions, KnownObjects } from './router-references.ts'
import type { Plan, Snapshot } from './snapshot.ts'
import { touchedRouters } from './touched-routers.ts'

export interface LinkContext {
  readonly entryPoints: ReadonlyMap<string, EntryPointOptions>
  /** Those a router gets that names none. */
  readonly defaultEntryPoints: readonly string[]
  /** Muster's own services: `api@internal`, `ping@internal`, … */
  readonly internalServices: readonly QualifiedName[]
  readonly defaultRuleSyntax: RuleSyntax
}

export type Link = (config: DynamicConfig, version: number) => Snapshot

/** What was linked, as the next update finds it. */
interface Linked {
  readonly config: DynamicConfig
  readonly routers: ReadonlyMap<QualifiedName, LinkedRouter>
  readonly routes: Plan['routes']
  /** The routers of which there is something to say. */
  readonly troubled: ReadonlyMap<QualifiedName, LinkedRouter>
  readonly claims: HostClaims
}

/**
 * Links one configuration after the other. Only routers that changed, or that lead to something that did, are looked at again:
 * an update costs what changed and not what there is.
 */
export function createLinker(context: LinkContext): Link {
  const fresh = (): Linked => ({
    config: emptyConfig,
    routers: new Map(),
    routes: new Map(),
    troubled: new Map(),
    claims: new HostClaims(),
  })
  let last = fresh()
  return (config, version) => {
    const before = last
    // A link that throws is our bug; the next one must not build on half of it.
    last = fresh()
    last = relink(before, config, context)
    return snapshotOf(last, version, context)
  }
}

function relink(before: Linked, config: DynamicConfig, context: LinkContext): Linked {
  const { routers, routes, troubled, claims } = before
  const around = { config, context, known: knownObjects(config, context), resolver: new MiddlewareResolver(config) }
  const changed = new Map<QualifiedName, LinkedRouter | undefined>()
  for (const name of touchedRouters(before, config, context.entryPoints)) {
    changed.set(name, config.routers.has(name) ? linkOne(name, around) : undefined)
  }
  const shadowed = claims.replace(changed, routers)
  const all = withChanges(routers, changed)
  return {
    config,
    routers: all,
    routes: withChanges(
      routes,
      mapChanges(changed, (linked) => linked?.route),
    ),
    troubled: withChanges(
      troubled,
      new Map([...changed.keys(), ...shadowed].map((name) => [name, inTrouble(all.get(name), claims)])),
    ),
    claims,
  }
}

/** The router with all there is to say of it; undefined when there is nothing. */
function inTrouble(linked: LinkedRouter | undefined, claims: HostClaims): LinkedRouter | undefined {
  if (linked === undefined) return undefined
  const warnings = claims.shadowsOf(linked)
  const told = warnings.length === 0 ? linked : withWarnings(linked, warnings)
  return told.problems.length === 0 ? undefined : told
}

function mapChanges<T>(
  changes: Changes<QualifiedName, LinkedRouter>,
  pick: (linked: LinkedRouter | undefined) => T | undefined,
): Changes<QualifiedName, T> {
  return new Map([...changes].map(([name, linked]) => [name, pick(linked)]))
}

/** What only people look at is worked out when somebody does. */
function snapshotOf(linked: Linked, version: number, { internalServices }: LinkContext): Snapshot {
  const { config, routes, troubled } = linked
  const routers = once(
    () => new Map(inOrder(linked.routers).map(([name, router]) => [name, (troubled.get(name) ?? router).info])),
  )
  const services = once(() => serviceInfos(config, routers(), internalServices))
  const middlewares = once(() => middlewareInfos(config, routers()))
  return Object.freeze({
    version,
    get routers() {
      return routers()
    },
    get services() {
      return services()
    },
    get middlewares() {
      return middlewares()
    },
    tcp: config.tcp,
    udp: config.udp,
    problems: [...config.problems, ...inOrder(troubled).flatMap(([, { problems }]) => problems)],
    plan: { routes, services: config.services },
  })
}

function inOrder<T>(objects: ReadonlyMap<QualifiedName, T>): [QualifiedName, T][] {
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1))
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

interface Surroundings {
  readonly config: DynamicConfig
  readonly context: LinkContext
  readonly known: KnownObjects
  readonly resolver: MiddlewareResolver
}

function linkOne(name: QualifiedName, { config, context, known, resolver }: Surroundings): LinkedRouter {
  const router = config.routers.get(name)
  if (router === undefined) throw new Error(`there is no router "${name}" to link`)
  const origin = config.origins.get(name)
  // What another owner's container says of a router of this name must not disable it.
  const isOwn = ({ source, provider }: Problem): boolean => {
    const complainer = config.owners.get(qualify(source, provider))
    return complainer === undefined || origin?.owner === undefined || complainer === origin.owner
  }
  const unread = [
    ...resolver.errorsOf('router', name),
    ...resolver.errorsOf('service', router.service as QualifiedName),
  ].filter(isOwn)
  const middlewares = resolver.resolveAll(router.middlewares as readonly QualifiedName[])
  const provider = providerOf(name)
  const beforeOn = (entryPoint: string): readonly Resolution[] =>
    (context.entryPoints.get(entryPoint)?.middlewares ?? []).map((reference) =>
      resolver.resolve(qualify(reference, provider)),
    )
  return linkRouter({ name, router, origin, unread, middlewares, beforeOn }, known, context.defaultRuleSyntax)
}

function knownObjects(
  config: DynamicConfig,
  { entryPoints, defaultEntryPoints, internalServices }: LinkContext,
): KnownObjects {
  return {
    entryPoints,
    defaultEntryPoints,
    hasService: (name) => config.services.has(name) || internalServices.includes(name),
    service: (name): ServiceConfig | undefined => config.services.get(name),
    serviceNames: () => [...internalServices, ...config.services.keys()],
  }
}
