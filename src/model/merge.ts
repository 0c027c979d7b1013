// Declarations → one dynamic configuration: every name qualified, every reference resolved to a qualified one. What a
// provider did not change is the same object as before, so that whoever comes after can tell by a glance.
import { changesBetween, withChanges } from './changes.ts'
import type { Declaration, Origin } from './declaration.ts'
import type { MiddlewareConfig, RouterConfig, StreamConfig, StreamRouterConfig } from './dynamic-config.ts'
import type { ServiceConfig } from './service-config.ts'
import type { Problem } from './problem.ts'
import { qualify } from './qualified-name.ts'
import type { QualifiedName } from './qualified-name.ts'

export interface DynamicConfig {
  /** References in a router (service, middlewares) and in a chain are qualified names here. */
  readonly routers: ReadonlyMap<QualifiedName, RouterConfig>
  readonly services: ReadonlyMap<QualifiedName, ServiceConfig>
  readonly middlewares: ReadonlyMap<QualifiedName, MiddlewareConfig>
  readonly tcp: StreamConfig
  readonly udp: StreamConfig
  readonly problems: readonly Problem[]
  readonly origins: ReadonlyMap<QualifiedName, Origin>
  /** Of the sources of problems: `web-1@docker`. */
  readonly owners: ReadonlyMap<QualifiedName, string>
}

const noStreams: StreamConfig = { routers: new Map(), services: new Map(), middlewares: new Map() }

export const emptyConfig: DynamicConfig = {
  routers: new Map(),
  services: new Map(),
  middlewares: new Map(),
  tcp: noStreams,
  udp: noStreams,
  problems: [],
  origins: new Map(),
  owners: new Map(),
}

/** The order of the declarations does not matter: qualified names cannot collide. */
export function merge(declarations: Iterable<Declaration>): DynamicConfig {
  const config = createMerger()
  return [...declarations].toSorted(byProvider).reduce((_, declaration) => config(declaration), emptyConfig)
}

/** Takes each provider's declarations as they come, and gives what they all make together. */
export function createMerger(): (declaration: Declaration) => DynamicConfig {
  const declarations = new Map<string, Declaration>()
  let config = emptyConfig
  return (declaration) => {
    const { provider } = declaration
    const last = declarations.get(provider)
    const step = <T>(of: (declaration: Declaration) => ReadonlyMap<string, T> | undefined): Step<T> => ({
      provider,
      before: last && of(last),
      after: of(declaration),
    })
    declarations.set(provider, declaration)
    config = {
      routers: merged(
        config.routers,
        step(({ routers }) => routers),
        qualifyRouter,
      ),
      services: merged(
        config.services,
        step(({ services }) => services),
        asItIs,
      ),
      middlewares: merged(
        config.middlewares,
        step(({ middlewares }) => middlewares),
        qualifyMiddleware,
      ),
      tcp: mergeStreams(config.tcp, { provider, before: last?.tcp, after: declaration.tcp }),
      udp: mergeStreams(config.udp, { provider, before: last?.udp, after: declaration.udp }),
      problems: [...declarations.values()].toSorted(byProvider).flatMap(({ problems }) => problems),
      origins: merged(
        config.origins,
        step(({ origins }) => origins),
        asItIs,
      ),
      owners: merged(
        config.owners,
        step(({ owners }) => owners),
        asItIs,
      ),
    }
    return config
  }
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>()

function byProvider(a: Declaration, b: Declaration): number {
  return a.provider < b.provider ? -1 : 1
}

/** What became of one provider's objects of one kind. */
interface Step<T> {
  readonly provider: string
  readonly before: ReadonlyMap<string, T> | undefined
  readonly after: ReadonlyMap<string, T> | undefined
}

function merged<T>(
  all: ReadonlyMap<QualifiedName, T>,
  { provider, before = nothing, after = nothing }: Step<T>,
  resolve: (object: T, provider: string) => T,
): ReadonlyMap<QualifiedName, T> {
  const changes = new Map<QualifiedName, T | undefined>()
  for (const [name, object] of changesBetween(before, after)) {
    changes.set(qualify(name, provider), object === undefined ? undefined : resolve(object, provider))
  }
  return withChanges(all, changes)
}

interface StreamStep {
  readonly provider: string
  readonly before: StreamConfig | undefined
  readonly after: StreamConfig | undefined
}

function mergeStreams(all: StreamConfig, { provider, before, after }: StreamStep): StreamConfig {
  if (before === after) return all
  type Streams<T> = ReadonlyMap<QualifiedName, T>
  const step = <T>(of: (config: StreamConfig) => ReadonlyMap<string, T>): Step<T> => ({
    provider,
    before: before && of(before),
    after: after && of(after),
  })
  const { routers, services, middlewares } = all
  return {
    routers: merged(
      routers as Streams<StreamRouterConfig>,
      step((config) => config.routers),
      asItIs,
    ),
    services: merged(
      services as Streams<Options>,
      step((config) => config.services),
      asItIs,
    ),
    middlewares: merged(
      middlewares as Streams<Options>,
      step((config) => config.middlewares),
      asItIs,
    ),
  }
}

type Options = Readonly<Record<string, unknown>>

function asItIs<T>(object: T): T {
  return object
}

function qualifyRouter(router: RouterConfig, provider: string): RouterConfig {
  return {
    ...router,
    service: qualify(router.service, provider),
    middlewares: router.middlewares.map((name) => qualify(name, provider)),
  }
}

function qualifyMiddleware(middleware: MiddlewareConfig, provider: string): MiddlewareConfig {
  if (middleware.kind !== 'chain') return middleware
  return { ...middleware, middlewares: middleware.middlewares.map((name) => qualify(name, provider)) }
}
