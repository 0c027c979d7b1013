// What the data plane is told: one immutable value, complete or not published at all.
import type { Handler } from '../exchange/exchange.ts'
import type { MiddlewareConfig, RouterConfig, ServiceConfig } from '../model/dynamic-config.ts'
import type { Problem } from '../model/problem.ts'
import type { QualifiedName } from '../model/qualified-name.ts'

/** `warning`: works, but not as written. `disabled`: takes no requests. */
export type Status = 'enabled' | 'warning' | 'disabled'

export interface RouterInfo {
  readonly config: RouterConfig
  readonly status: Status
  readonly errors: readonly string[]
  /** The entrypoints it listens on. */
  readonly using: readonly string[]
  /** What decides between routers that match the same request: the configured one, else the rule's length. */
  readonly priority: bigint
}

export interface ServiceInfo {
  /** Undefined for a service of Muster's own (`api@internal`). */
  readonly config: ServiceConfig | undefined
  readonly status: Status
  readonly usedBy: readonly QualifiedName[]
}

export interface MiddlewareInfo {
  readonly config: MiddlewareConfig
  readonly status: Status
  readonly usedBy: readonly QualifiedName[]
}

export interface Snapshot {
  /** Counts from 1; 0 is the empty snapshot before any provider has spoken. */
  readonly version: number
  readonly routers: ReadonlyMap<QualifiedName, RouterInfo>
  readonly services: ReadonlyMap<QualifiedName, ServiceInfo>
  readonly middlewares: ReadonlyMap<QualifiedName, MiddlewareInfo>
  readonly problems: readonly Problem[]
  /** By entrypoint name: all entrypoints in one map, so that they change in the same instant. */
  readonly handlers: ReadonlyMap<string, Handler>
}
