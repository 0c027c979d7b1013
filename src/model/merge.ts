// Declarations → one dynamic configuration: every name qualified, every reference resolved to a qualified one. What a
// provider did not change is the same object as before, so that whoever comes after can tell by a glance.
import type { Declaration, Origin } from './declaration.ts'
import type { MiddlewareConfig, RouterConfig, ServiceConfig, StreamConfig } from './dynamic-config.ts'
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
}

/** The order of the declarations does not matter: qualified names cannot collide, and the result is sorted. */
export function merge(declarations: Iterable<Declaration>): DynamicConfig {
  const sorted = [...declarations].sort((a, b) => (a.provider < b.provider ? -1 : 1))
  return {
    routers: collect(sorted, ({ routers }) => routers, qualifyRouter),
    services: collect(sorted, ({ services }) => services, asItIs),
    middlewares: collect(sorted, ({ middlewares }) => middlewares, qualifyMiddleware),
    tcp: mergeStreams(sorted, ({ tcp }) => tcp),
    udp: mergeStreams(sorted, ({ udp }) => udp),
    problems: sorted.flatMap((d) => d.problems),
    origins: collect(sorted, ({ origins }) => origins, asItIs),
  }
}

function mergeStreams(
  declarations: readonly Declaration[],
  of: (d: Declaration) => StreamConfig | undefined,
): StreamConfig {
  if (declarations.every((declaration) => of(declaration) === undefined)) return noStreams
  return {
    routers: collect(declarations, (d) => of(d)?.routers, asItIs),
    services: collect(declarations, (d) => of(d)?.services, asItIs),
    middlewares: collect(declarations, (d) => of(d)?.middlewares, asItIs),
  }
}

function collect<T extends object>(
  declarations: readonly Declaration[],
  of: (declaration: Declaration) => ReadonlyMap<string, T> | undefined,
  resolve: (object: T, provider: string) => T,
): Map<QualifiedName, T> {
  const collected = new Map<QualifiedName, T>()
  for (const declaration of declarations) {
    const objects = of(declaration)
    if (objects === undefined) continue
    const { provider } = declaration
    for (const name of [...objects.keys()].sort()) {
      const object = objects.get(name) as T
      collected.set(nameOf(object, name, provider), resolve(object, provider))
    }
  }
  return collected
}

/** The same text again, not only an equal one: it is looked up in a dozen maps, and a new text is hashed for each. */
function nameOf(object: object, name: string, provider: string): QualifiedName {
  const before = names.get(object)
  if (before?.name === name && before.provider === provider) return before.qualified
  const made = { name, provider, qualified: qualify(name, provider) }
  names.set(object, made)
  return made.qualified
}

const names = new WeakMap<object, { name: string; provider: string; qualified: QualifiedName }>()

function asItIs<T>(object: T): T {
  return object
}

/** By the declared object, which belongs to one provider: what was qualified once is that object again. */
const qualified = new WeakMap<object, RouterConfig | MiddlewareConfig>()

function qualifyRouter(router: RouterConfig, provider: string): RouterConfig {
  return once(router, () => ({
    ...router,
    service: qualify(router.service, provider),
    middlewares: router.middlewares.map((name) => qualify(name, provider)),
  }))
}

function qualifyMiddleware(middleware: MiddlewareConfig, provider: string): MiddlewareConfig {
  if (middleware.kind !== 'chain') return middleware
  return once(middleware, () => ({
    ...middleware,
    middlewares: middleware.middlewares.map((name) => qualify(name, provider)),
  }))
}

function once<T extends RouterConfig | MiddlewareConfig>(declared: T, qualifyAll: () => T): T {
  const before = qualified.get(declared)
  if (before !== undefined) return before as T
  const made = qualifyAll()
  qualified.set(declared, made)
  return made
}
