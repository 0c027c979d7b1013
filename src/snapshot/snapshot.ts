// One immutable value, complete or not published at all: what the data plane is told, and what a person may see of it.
import type { MiddlewareConfig, PlannedMiddleware, RouterConfig, StreamConfig } from '../model/dynamic-config.ts'
import type { CookieScope, ServiceConfig } from '../model/service-config.ts'
import type { Origin } from '../model/declaration.ts'
import type { Problem } from '../model/problem.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Rule } from '../router/rule.ts'

/** `warning`: works, but not as written. `disabled`: takes no requests, or answers them 503. */
export type Status = 'enabled' | 'warning' | 'disabled'

export interface RouterInfo {
  readonly config: RouterConfig
  readonly status: Status
  readonly errors: readonly string[]
  /** The entrypoints it listens on. */
  readonly using: readonly string[]
  /** What decides between routers that match the same request: the configured one, else the rule's length. */
  readonly priority: bigint
  /** Undefined for Muster's own. */
  readonly origin: Origin | undefined
}

export interface ServiceInfo {
  /** Undefined for a service of Muster's own (`api@internal`). */
  readonly config: ServiceConfig | undefined
  readonly status: Status
  readonly errors: readonly string[]
  readonly usedBy: readonly QualifiedName[]
}

export interface MiddlewareInfo {
  readonly config: MiddlewareConfig
  readonly status: Status
  readonly errors: readonly string[]
  readonly usedBy: readonly QualifiedName[]
}

export interface Snapshot {
  /** Counts from 1; 0 is the empty snapshot before any provider has spoken. */
  readonly version: number
  readonly routers: ReadonlyMap<QualifiedName, RouterInfo>
  readonly services: ReadonlyMap<QualifiedName, ServiceInfo>
  readonly middlewares: ReadonlyMap<QualifiedName, MiddlewareInfo>
  /** TCP and UDP, which do not run yet, as declared. */
  readonly tcp: StreamConfig
  readonly udp: StreamConfig
  readonly problems: readonly Problem[]
  readonly plan: Plan
}

/** What the data plane is told: plain values, every reference found and every rule parsed. Each thread compiles it. */
export interface Plan {
  readonly routes: ReadonlyMap<QualifiedName, RoutePlan>
  readonly services: ReadonlyMap<QualifiedName, ServiceConfig>
}

export interface RoutePlan {
  readonly name: QualifiedName
  readonly rule: Rule
  readonly ruleText: string
  readonly priority: bigint
  readonly places: readonly RoutePlace[]
  /** Outermost first; chains are resolved. */
  readonly middlewares: readonly PlannedMiddleware[]
  readonly service: QualifiedName
  /** Of the service's sticky cookie on this route, where it differs. */
  readonly cookie: CookieScope | undefined
  /** Why every request is answered 503: a router that lacks what guards it must not be served open. */
  readonly refusal: string | undefined
}

/** One entrypoint a route stands on. */
export interface RoutePlace {
  readonly entryPoint: string
  /** Requests over TLS, and only those; false: plain ones only. */
  readonly tls: boolean
  /** The entrypoint's own middlewares, before the router's. */
  readonly before: readonly PlannedMiddleware[]
  /** No access lines of its requests, no metrics. */
  readonly quiet: boolean
  readonly unmeasured: boolean
}
