// Dynamic configuration: what may change while Muster runs. Plain immutable values; the names are Traefik's.

export interface RouterConfig {
  readonly rule: string
  /** Undefined: the default entrypoints (those with asDefault, else all but `traefik`). */
  readonly entryPoints: readonly string[] | undefined
  /** References in the order they apply, outermost first. */
  readonly middlewares: readonly string[]
  /** Reference to the service. */
  readonly service: string
  /** Undefined: the length of the rule in bytes. 64 bits wide, hence a bigint. */
  readonly priority: bigint | undefined
}

export interface ServiceConfig {
  readonly members: readonly MemberConfig[]
  /** Send the client's Host to the member (true, as Traefik) or the member's own address. */
  readonly passHostHeader: boolean
  readonly stickyCookie: StickyCookieConfig | undefined
}

/** One balancer member as its provider declares it. Whether it may take requests is decided by cluster/. */
export interface MemberConfig {
  /** Stable identity within the service: container id and port, or the URL for a member from a file. */
  readonly id: string
  readonly scheme: 'http' | 'https'
  /** IP address or host name, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Share of the requests, > 0 (Apache's lbfactor, Traefik's server weight). */
  readonly weight: number
  /** The replica slot, which outlives the container: `project/service/number`, or the container's name. */
  readonly slot: string
  readonly container: ContainerRef | undefined
}

/** What is known of the container behind a member; undefined members come from a file. */
export interface ContainerRef {
  readonly id: string
  readonly name: string
  /** Docker's own health: `none` when the image has no HEALTHCHECK. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly paused: boolean
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
}

/** One kind per middleware; a further kind is a further row here, in labels/ and in middleware/. */
export type MiddlewareConfig = StripPrefixConfig

export interface StripPrefixConfig {
  readonly kind: 'stripPrefix'
  readonly prefixes: readonly string[]
  readonly forceSlash: boolean
}
