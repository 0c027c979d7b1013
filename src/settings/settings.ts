// Static configuration: what stays as it is while Muster runs. The names are Traefik's.
import type { EntrypointLimits, ForwarderLimits } from './limits.ts'

export interface Settings {
  /** At least one; in the order of their names. */
  readonly entryPoints: ReadonlyMap<string, EntryPointSettings>
  readonly providers: { readonly docker: DockerSettings | undefined; readonly file: FileSettings | undefined }
  readonly api: ApiSettings
  readonly ping: { readonly entryPoint: string } | undefined
  readonly log: { readonly level: LogLevel; readonly format: 'common' | 'json' }
  readonly accessLog: boolean
  /** Data-plane threads; 0: the control thread carries the requests. Default: the available processors. */
  readonly threads: number
  /** Of the connections to members; an entrypoint has its own. */
  readonly limits: ForwarderLimits
  /** Options that were accepted without effect, as written: telemetry, update checks, and what Muster always does. */
  readonly ignored: readonly string[]
}

export interface EntryPointSettings {
  /** Undefined: all addresses, IPv4 and IPv6. An IPv6 address has no brackets. */
  readonly host: string | undefined
  /** 0: any free one. */
  readonly port: number
  /** Routers that name no entrypoint stand on those marked so; when none is, on all but `traefik`. */
  readonly asDefault: boolean
  readonly forwardedHeaders: { readonly insecure: boolean; readonly trustedIPs: readonly string[] }
  readonly limits: EntrypointLimits
}

export interface DockerSettings {
  /** `unix://`, `tcp://`, `http://` or `https://`. DOCKER_HOST is not looked at. */
  readonly endpoint: string
  readonly exposedByDefault: boolean
  /** The rule of a router without one: a Go template. */
  readonly defaultRule: string
  /** The network whose address is used when a container has several; undefined: none is preferred. */
  readonly network: string | undefined
  readonly watch: boolean
}

/** At least one of the two is given. */
export interface FileSettings {
  readonly filename: string | undefined
  readonly directory: string | undefined
  readonly watch: boolean
}

export interface ApiSettings {
  /** Serve API and pages on the entrypoint `traefik`, to everybody who reaches it. */
  readonly insecure: boolean
  /** The pages beside the API: the balancer-manager. */
  readonly dashboard: boolean
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** The entrypoint of API, pages and ping; made on :8080 when one of them needs it and nobody defined it. */
export const internalEntryPoint = 'traefik'
