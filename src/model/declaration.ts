import type { MiddlewareConfig, RouterConfig, StreamConfig } from './dynamic-config.ts'
import type { ServiceConfig } from './service-config.ts'
import type { Problem } from './problem.ts'

/** One provider's whole opinion, by unqualified name. A new one replaces the last; there are no deltas. */
export interface Declaration {
  readonly provider: string
  readonly routers: ReadonlyMap<string, RouterConfig>
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
  readonly problems: readonly Problem[]
  readonly tcp?: StreamConfig | undefined
  readonly udp?: StreamConfig | undefined
  /** Where routers were declared, by name: what turns out to be wrong with one later is told of that place. */
  readonly origins?: ReadonlyMap<string, Origin>
  /** Whose the sources of problems are, where they have owners: nobody's complaint may disable another's router. */
  readonly owners?: ReadonlyMap<string, string> | undefined
  /** What brought it about, for the log and the journal. */
  readonly cause: Cause
}

export interface Origin {
  /** A container's name or a file's path. */
  readonly source: string
  /** What the router's fields begin with there: `traefik.http.routers.web`. */
  readonly field: string
  /** Whose it is: a compose project or a container of none. Undefined for files and Muster's own. */
  readonly owner?: string | undefined
  /** Hosts this owner's routers may claim, as in Host(); undefined: any. A policy of the provider's. */
  readonly allowedHosts?: readonly string[] | undefined
  /** False: the router may not lead to Muster's own services (`api@internal`). Undefined: it may. */
  readonly mayUseInternal?: boolean | undefined
}

export interface Cause {
  /** `start web-1`, `list`, `file changed`, … */
  readonly what: string
  /** When it happened at its source, milliseconds since the epoch. */
  readonly at: number
}
