// Static configuration: what stays as it is while Muster runs. The names are Traefik's.
import type { EncodedCharacters, ObservabilityConfig, RouterTlsConfig, RuleSyntax } from '../model/dynamic-config.ts'
import type { EntrypointLimits, ForwarderLimits, HoldLimits } from './limits.ts'

export interface Settings {
  /** At least one; in the order of their names. */
  readonly entryPoints: ReadonlyMap<string, EntryPointSettings>
  readonly providers: { readonly docker: DockerSettings | undefined; readonly file: FileSettings | undefined }
  readonly api: ApiSettings
  readonly ping: PingSettings | undefined
  readonly log: { readonly level: LogLevel; readonly format: 'common' | 'json' }
  readonly accessLog: AccessLogSettings | undefined
  readonly sticky: StickySettings
  /** Muster only. Undefined: there is no Docker API socket. */
  readonly dockerSocket: DockerSocketSettings | undefined
  /** Undefined: no metrics are kept. */
  readonly metrics: MetricsSettings | undefined
  readonly core: { readonly defaultRuleSyntax: RuleSyntax }
  /** Data-plane threads; 0: the control thread carries the requests. Default: the available processors. */
  readonly threads: number
  /** Of the connections to members; an entrypoint has its own. */
  readonly limits: ForwarderLimits
  /** Of requests that wait, in one thread. */
  readonly hold: HoldLimits
  /** How long additions may be held back so that a burst of them is one update. Removals are never held back. */
  readonly throttleMs: number
  /** Options that were accepted without effect, as written: telemetry, update checks, and what Muster always does. */
  readonly ignored: readonly string[]
  /** Sentences, a line each: what was accepted although Muster does not do it yet, and what was not read at all. */
  readonly warnings: readonly string[]
}

export interface EntryPointSettings {
  /** Undefined: all addresses, IPv4 and IPv6. An IPv6 address has no brackets. */
  readonly host: string | undefined
  /** 0: any free one. */
  readonly port: number
  /** Routers that name no entrypoint stand on those marked so; when none is, on all but `traefik`. */
  readonly asDefault: boolean
  readonly forwardedHeaders: ForwardedHeadersSettings
  /** Undefined: no PROXY header is read. */
  readonly proxyProtocol: { readonly insecure: boolean; readonly trustedIPs: readonly string[] } | undefined
  readonly paths: PathSettings
  /** References of middlewares that come before those of every router here. */
  readonly middlewares: readonly string[]
  readonly redirection: RedirectionSettings | undefined
  /** There: every router here takes TLS requests, whether it says so or not. */
  readonly tls: RouterTlsConfig | undefined
  /** For routers here that say nothing themselves. */
  readonly observability: ObservabilityConfig | undefined
  readonly limits: EntrypointLimits
}

export interface ForwardedHeadersSettings {
  readonly insecure: boolean
  readonly trustedIPs: readonly string[]
  /** Fields named in a client's Connection that rules and middlewares may see all the same; no member gets them. */
  readonly connection: readonly string[]
  readonly notAppendXForwardedFor: boolean
}

/** What is made of a request's target before rules see it. */
export interface PathSettings {
  /** Remove dot segments and double slashes. */
  readonly sanitize: boolean
  readonly encodedCharacters: EncodedCharacters
  /** Escape raw `;` in queries, so that the member does not take them for separators. */
  readonly encodeQuerySemicolons: boolean
  /**
   * What becomes of fields with an underscore in their name (Traefik's aliasHeadersStrategy, before underscoreHeadersStrategy);
   * undefined: those that look like one of ours are deleted.
   */
  readonly underscoreHeaders: 'keep' | 'delete' | 'reject' | undefined
}

/** Traefik's `http.redirections.entryPoint`. */
export interface RedirectionSettings {
  /** An entrypoint's name, or `:port`. */
  readonly to: string
  readonly scheme: string
  readonly permanent: boolean
  readonly priority: bigint
}

export interface PingSettings {
  readonly entryPoint: string
  /** No router is made; a user's own leads to `ping@internal`. */
  readonly manualRouting: boolean
  /** What it answers while Muster stops. */
  readonly terminatingStatusCode: number
}

export interface AccessLogSettings {
  readonly format: 'common' | 'genericCLF' | 'json'
  /** Undefined: standard output. */
  readonly filePath: string | undefined
  /** Lines of Muster's own services too. */
  readonly addInternals: boolean
  /** A line is written when any of them says so; all empty: every line. */
  readonly filters: {
    /** Inclusive. */
    readonly statusCodes: readonly { readonly from: number; readonly to: number }[]
    readonly retryAttempts: boolean
    readonly minDurationMs: number
  }
  /** Of JSON lines. All names are in lower case. */
  readonly fields: {
    readonly defaultMode: 'keep' | 'drop'
    readonly names: ReadonlyMap<string, 'keep' | 'drop'>
    readonly headers: {
      readonly defaultMode: 'keep' | 'drop' | 'redact'
      readonly names: ReadonlyMap<string, 'keep' | 'drop' | 'redact'>
    }
  }
}

/** Prometheus. */
export interface MetricsSettings {
  readonly entryPoint: string
  readonly manualRouting: boolean
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[]
  readonly addEntryPointsLabels: boolean
  readonly addRoutersLabels: boolean
  readonly addServicesLabels: boolean
}

export interface DockerSettings {
  /** `unix://`, `tcp://`, `http://`, `https://` or `ssh://`. Empty: none was given; DOCKER_HOST's, else the usual socket. */
  readonly endpoint: string
  readonly connection: DockerConnectionSettings
  readonly exposedByDefault: boolean
  /** The rule of a router without one: a Go template. */
  readonly defaultRule: string
  /** The network whose address is used when a container has several; undefined: none is preferred. */
  readonly network: string | undefined
  readonly watch: boolean
  /** An expression of Label() and LabelRegex(); undefined: every container. */
  readonly constraints: string | undefined
  /** Reach members at the address and port the engine publishes them on. */
  readonly useBindPortIP: boolean
  /** Muster only: labels of any container may lead to Muster's own services, not only those of its own project. */
  readonly allowInternalServices: boolean
  /** Muster only: a `server.url` label may name any address, not only the container's own. */
  readonly allowForeignAddresses: boolean
  /** Muster only: who may claim which hosts; empty: everybody any. */
  readonly hostPolicy: readonly HostPolicy[]
}

/** How to speak to the engine. */
export interface DockerConnectionSettings {
  readonly tls: DockerTlsSettings | undefined
  /** Basic authentication, for a proxy before the socket. */
  readonly username: string | undefined
  readonly password: string | undefined
  /** For a complete answer; 0: the default. */
  readonly timeoutMs: number
}

/** Paths of PEM files, or PEM text itself. */
export interface DockerTlsSettings {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly insecureSkipVerify: boolean
}

/**
 * Containers that match one of projects, networks and labels (each that is given) may claim the hosts. With any policy at
 * all, hosts that none grants a container are refused to it.
 */
export interface HostPolicy {
  readonly projects: readonly string[]
  readonly networks: readonly string[]
  /** `key=value`, or `key` alone. */
  readonly labels: readonly string[]
  /** As in Host(): `shop.example.com`, `*.example.com`, `*` for all, routers without a host included. */
  readonly hosts: readonly string[]
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
  /** API and pages exist at all: without it `api@internal` is not there. */
  readonly enabled: boolean
  /** Before every path of API and pages; empty or `/prefix` without a slash at its end. */
  readonly basePath: string
  /** Muster only: routers of the user's own take edits too, whoever they let in. */
  readonly edit: boolean
  /** Muster only: where edits outlive the process; empty: nowhere. Undefined: `defaultStateFile`, where there is a place for it. */
  readonly stateFile: string | undefined
  /** Muster only: hosts that pages which edit may be reached by, as in Host(), beside those that no stranger can make up. */
  readonly allowedHosts: readonly string[]
}

export interface StickySettings {
  /** Muster only: what sticky cookies are keyed with, for several Musters behind one address; undefined: the state file's. Never shown. */
  readonly secret: string | undefined
}

/** A place that takes or gives a plain stream of bytes. */
export type SocketPlace = { readonly path: string } | { readonly host: string; readonly port: number }

export interface DockerSocketSettings {
  /** On TCP: an address of this machine that nobody else reaches. */
  readonly listen: SocketPlace
  readonly mode: 'full' | 'read-only' | 'controller'
  /** How long a call that stops a member waits for its requests at most; 0: no call waits. */
  readonly drainTimeoutMs: number
  /** `unix://` or `tcp://`. Empty: where the docker provider's engine is. */
  readonly upstream: string
  /** Of the socket file, a number or a name; undefined: as the system makes it. */
  readonly group: string | undefined
}

/** What `muster dockersocket` does when nothing is said. */
export const dockerSocketDefaults = {
  listen: { path: '/run/muster/docker.sock' },
  mode: 'full',
  drainTimeoutMs: 10_000,
  upstream: '',
  group: undefined,
} as const satisfies DockerSocketSettings

/** Used when its directory exists and may be written to, as in Muster's image. */
export const defaultStateFile = '/var/lib/muster/state.json'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** The entrypoint of API, pages and ping; made on :8080 when one of them needs it and nobody defined it. */
export const internalEntryPoint = 'traefik'
