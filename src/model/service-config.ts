// A service: its balancer, its members, their sessions and checks. Plain immutable values with their defaults; the names are
// Traefik's where it has them, else Apache's.

export interface ServiceConfig {
  readonly members: readonly MemberConfig[]
  /** Send the client's Host to the member (true, as Traefik) or the member's own address. */
  readonly passHostHeader: boolean
  readonly stickyCookie: StickyCookieConfig | undefined
  /** A session that the application keeps, or Apache's `stickysession`; undefined: only the sticky cookie counts. */
  readonly session?: SessionConfig | undefined
  /** How members are chosen; undefined: `balancingDefaults`. */
  readonly balancing?: BalancingConfig | undefined
  /** Active checks; undefined: there are none. */
  readonly healthCheck?: HealthCheckConfig | undefined
  readonly passiveHealthCheck?: PassiveHealthCheckConfig | undefined
  readonly outlierDetection?: OutlierDetectionConfig | undefined
  /** Muster only: the path a started container must answer before it takes requests; undefined: its port must accept. */
  readonly readinessPath?: string | undefined
  /** Undefined: `drainDefaults`. */
  readonly draining?: DrainConfig | undefined
  /** `cutover`: once a newer generation of containers is ready, older ones keep their sessions alone. Undefined: `mixed`. */
  readonly rollout?: 'cutover' | undefined
  /** Options that are read and shown, but have no effect yet: by Traefik's name, as decoded. */
  readonly pending?: Readonly<Record<string, unknown>> | undefined
}

export function hasSessions({ stickyCookie, session }: Pick<ServiceConfig, 'stickyCookie' | 'session'>): boolean {
  return stickyCookie !== undefined || session !== undefined
}

/** One balancer member as its provider declares it. Whether it may take requests is decided by cluster/. */
export interface MemberConfig {
  /** Stable identity within the service: container id and port, or the URL for a member from a file. */
  readonly id: string
  readonly scheme: 'http' | 'https'
  /** IP address or host name, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Share of the requests, > 0 in steps of 0.01 (Apache's lbfactor, Traefik's server weight). */
  readonly weight: number
  /** The replica slot, which outlives the container: `project/service/number`, or the container's name. */
  readonly slot: string
  readonly container: ContainerRef | undefined
  /** What sessions call it (Apache's `route`), at most 63 characters; undefined: as `routeOf` makes it. */
  readonly route?: string | undefined
  /** A second name for sessions: the container's hostname, which a Tomcat takes for its jvmRoute. */
  readonly hostname?: string | undefined
  /** Undefined: `memberDefaults`. */
  readonly parameters?: MemberParameters | undefined
}

/** Apache's BalancerMember parameters that are not everybody's. */
export interface MemberParameters {
  /** The route of the member that takes over its sessions. */
  readonly redirect: string | undefined
  /** 0 to 99: members of a lower set are used first. */
  readonly lbset: number
  /** Letters of Apache's `status`, upper case, each once, in the order of `statusLetters`. */
  readonly status: string
  /** How long it is left alone after a failed connection, milliseconds; undefined: as its balancer says. */
  readonly retryMs: number | undefined
}

/**
 * D: disabled. S: stopped, and not checked either. N: drains, only its sessions are served. H: hot standby. R: hot spare.
 * I: never left alone for a failure.
 */
export const statusLetters = 'DSNHRI'

export const memberDefaults: MemberParameters = { redirect: undefined, lbset: 0, status: '', retryMs: undefined }

/** Apache's lbmethods and Traefik's strategies; its `wrr` is Apache's `byrequests`. */
export const methods = ['byrequests', 'bytraffic', 'bybusyness', 'leasttime', 'p2c', 'hrw'] as const
export type Method = (typeof methods)[number]

export interface BalancingConfig {
  readonly method: Method
  /** False is Apache's `nofailover=On`: a session whose member cannot be used gets 503. */
  readonly failover: boolean
  /** Further members that a request is given to when one fails; undefined: two. */
  readonly maxAttempts: number | undefined
  /** A request may be given to another member though it might be carried out twice, whatever its method. */
  readonly retryNonIdempotent: boolean
  /** Use members in error again when there are no others. */
  readonly forceRecovery: boolean
  /** Answers that put a member in error: statuses and ranges as in `500-503`. */
  readonly failOnStatus: readonly string[]
  /** A member that does not answer in time is in error. */
  readonly failOnTimeout: boolean
  /** How long a member in error is left alone, milliseconds; 0: not at all. */
  readonly retryMs: number
  /** A member that becomes ready earns its share over this time, milliseconds; 0: at once. */
  readonly slowStartMs: number
  /** How long a request waits while no member is ready, milliseconds; undefined: as the settings say for its provider. */
  readonly holdMs?: number | undefined
  /** The response field that names the member's route; undefined: none. */
  readonly routeHeader: string | undefined
}

export const balancingDefaults: BalancingConfig = {
  method: 'byrequests',
  failover: true,
  maxAttempts: undefined,
  retryNonIdempotent: false,
  forceRecovery: true,
  failOnStatus: [],
  failOnTimeout: false,
  retryMs: 10_000,
  slowStartMs: 0,
  routeHeader: undefined,
}

/** Apache's `stickysession`: where a request names its session, and how the route stands in it. */
export interface SessionConfig {
  /** Name of a cookie: `ROUTEID`, `JSESSIONID`. */
  readonly cookie: string
  /** Name of a parameter of the URL, which counts before the cookie. */
  readonly parameter: string
  /** One character before the route; empty: the whole value is the route. */
  readonly separator: string
  /** The parameter may stand behind a `;` in the path: `/cart;jsessionid=A.s1`. */
  readonly scolonPathDelim: boolean
}

/** Traefik's, with Muster's `tcp`, `rise` and `fall`. */
export interface HealthCheckConfig {
  readonly mode: 'http' | 'grpc' | 'tcp'
  readonly path: string | undefined
  readonly scheme: 'http' | 'https' | 'h2c' | undefined
  readonly method: string
  /** Undefined: 200 to 399. */
  readonly status: number | undefined
  readonly port: number | undefined
  readonly intervalMs: number
  readonly unhealthyIntervalMs: number
  readonly timeoutMs: number
  readonly hostname: string | undefined
  readonly followRedirects: boolean
  readonly headers: ReadonlyMap<string, string>
  /** Checks in a row that take a member in, and out. */
  readonly rise: number
  readonly fall: number
}

/** Traefik's: as many failures (no answer, or 500 and above) within the window take a member out for as long. */
export interface PassiveHealthCheckConfig {
  readonly failureWindowMs: number
  readonly maxFailedAttempts: number
}

/** Muster only: a member that fails much more than its fellows is taken out for a while. */
export interface OutlierDetectionConfig {
  readonly intervalMs: number
  /** Per cent of its requests in an interval, from which it is an outlier. */
  readonly errorRate: number
  /** Fewer requests in an interval prove nothing. */
  readonly minRequests: number
  readonly ejectionTimeMs: number
  /** Per cent of the members that may be out at once. */
  readonly maxEjected: number
}

/** Muster only: what becomes of those a container serves when it is being stopped. */
export interface DrainConfig {
  /** Sessions stay with it until it is gone; else they move at once. */
  readonly keepsSessions: boolean
  /** After this, requests and tunnels still under way are broken off, milliseconds; 0: never. */
  readonly timeoutMs: number
}

export const drainDefaults: DrainConfig = { keepsSessions: false, timeoutMs: 0 }

/** Where a sticky cookie is sent. */
export interface CookieScope {
  readonly path: string | undefined
  readonly domain: string | undefined
}

/** What is known of the container behind a member; undefined members come from a file. */
export interface ContainerRef {
  readonly id: string
  readonly name: string
  /** Docker's own health: `none` when the image has no HEALTHCHECK. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly paused: boolean
  /** The network of its own that it is reached through; undefined: none, as on the host's, or another container's. */
  readonly network?: string | undefined
  /** Undefined: nobody can tell. */
  readonly generation?: Generation | undefined
}

/** What one state of a compose file, with one state of its images, brought forth. */
export interface Generation {
  readonly id: string
  /** When its container was made, milliseconds since the epoch. */
  readonly at: number
}

/** Traefik's attributes of `sticky.cookie`. */
export interface StickyCookieConfig {
  /** Undefined: derived from the qualified service name, as Traefik derives it. */
  readonly name: string | undefined
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'none' | 'lax' | 'strict' | undefined
  /** Seconds; 0 is a session cookie, negative expires at once. */
  readonly maxAge: number
  readonly path: string
  readonly domain: string | undefined
  /** `route`: Apache's `NAME=.route`, in the clear. Undefined or `opaque`: names the slot, and cannot be made up. */
  readonly form?: 'opaque' | 'route' | undefined
}
