// Dynamic configuration: what may change while Muster runs. Plain immutable values; the names are Traefik's.
import type { CookieScope } from './service-config.ts'

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
  /** Undefined: as the static option `core.defaultRuleSyntax` says. */
  readonly ruleSyntax?: RuleSyntax | undefined
  /** There: the router takes requests that came over TLS, and only those. Absent: only plain ones. */
  readonly tls?: RouterTlsConfig | undefined
  readonly observability?: ObservabilityConfig | undefined
  /** Of the sticky cookie, where this router's differ from the service's. Muster only. */
  readonly stickyCookie?: CookieScope | undefined
}

export type RuleSyntax = 'v2' | 'v3'

export interface RouterTlsConfig {
  readonly options: string | undefined
  readonly certResolver: string | undefined
  readonly domains: readonly { readonly main: string | undefined; readonly sans: readonly string[] }[]
}

export interface ObservabilityConfig {
  readonly accessLogs: boolean | undefined
  readonly metrics: boolean | undefined
  readonly tracing: boolean | undefined
  readonly traceVerbosity: string | undefined
}

/** One kind per middleware; a further kind that runs is a further row here, in labels/ and in middleware/. */
export type MiddlewareConfig = RunningMiddlewareConfig | PendingMiddlewareConfig

export type RunningMiddlewareConfig =
  | AddPrefixConfig
  | ChainConfig
  | ContentTypeConfig
  | EncodedCharactersConfig
  | HeadersConfig
  | PassReverseConfig
  | RedirectRegexConfig
  | RedirectSchemeConfig
  | ReplacePathConfig
  | ReplacePathRegexConfig
  | StripPrefixConfig
  | StripPrefixRegexConfig

/** What is left of them for the data plane: chains are resolved when a snapshot is linked. */
export type PlannedMiddleware = Exclude<RunningMiddlewareConfig, ChainConfig>

/**
 * A kind of Traefik's that is read and shown, but does not run yet. A router that uses one is not served: what is missing
 * may be what asks for a password.
 */
export interface PendingMiddlewareConfig {
  readonly kind: 'pending'
  /** Traefik's name: `basicAuth`. */
  readonly type: string
  readonly options: Readonly<Record<string, unknown>>
}

export interface StripPrefixConfig {
  readonly kind: 'stripPrefix'
  readonly prefixes: readonly string[]
  readonly forceSlash: boolean
}

export interface StripPrefixRegexConfig {
  readonly kind: 'stripPrefixRegex'
  readonly regex: readonly string[]
}

export interface AddPrefixConfig {
  readonly kind: 'addPrefix'
  readonly prefix: string
}

export interface ReplacePathConfig {
  readonly kind: 'replacePath'
  readonly path: string
}

export interface ReplacePathRegexConfig {
  readonly kind: 'replacePathRegex'
  readonly regex: string
  readonly replacement: string
}

export interface RedirectSchemeConfig {
  readonly kind: 'redirectScheme'
  readonly scheme: string
  /** Empty: none, or the scheme's own. */
  readonly port: string
  readonly permanent: boolean
}

export interface RedirectRegexConfig {
  readonly kind: 'redirectRegex'
  readonly regex: string
  readonly replacement: string
  readonly permanent: boolean
}

export interface ChainConfig {
  readonly kind: 'chain'
  /** References, outermost first. */
  readonly middlewares: readonly string[]
}

export interface ContentTypeConfig {
  readonly kind: 'contentType'
  /** Undefined: not given. Deprecated in Traefik. */
  readonly autoDetect: boolean | undefined
}

export interface EncodedCharactersConfig extends EncodedCharacters {
  readonly kind: 'encodedCharacters'
}

/** Which escaped characters a path may hold; Traefik's names. */
export interface EncodedCharacters {
  readonly allowEncodedSlash: boolean
  readonly allowEncodedBackSlash: boolean
  readonly allowEncodedNullCharacter: boolean
  readonly allowEncodedSemicolon: boolean
  readonly allowEncodedPercent: boolean
  readonly allowEncodedQuestionMark: boolean
  readonly allowEncodedHash: boolean
}

/** Apache's ProxyPassReverse, ProxyPassReverseCookiePath and ProxyPassReverseCookieDomain. Muster only. */
export interface PassReverseConfig {
  readonly kind: 'passReverse'
  /**
   * The prefix clients see and the member does not know; undefined: what the router's path middlewares took off the
   * request at hand.
   */
  readonly prefix: string | undefined
  /** Map Location, Content-Location and Refresh. */
  readonly location: boolean
  /** Internal path → public path in Set-Cookie's Path; empty: the prefix itself. */
  readonly cookiePath: ReadonlyMap<string, string>
  /** Internal domain → public domain in Set-Cookie's Domain. */
  readonly cookieDomain: ReadonlyMap<string, string>
}

/** Traefik's headers middleware, option by option. */
export interface HeadersConfig {
  readonly kind: 'headers'
  /** An empty value deletes the field. */
  readonly customRequestHeaders: ReadonlyMap<string, string>
  readonly customResponseHeaders: ReadonlyMap<string, string>

  readonly accessControlAllowCredentials: boolean
  readonly accessControlAllowHeaders: readonly string[]
  readonly accessControlAllowMethods: readonly string[]
  readonly accessControlAllowOriginList: readonly string[]
  readonly accessControlAllowOriginListRegex: readonly string[]
  readonly accessControlExposeHeaders: readonly string[]
  /** Seconds. */
  readonly accessControlMaxAge: number
  readonly addVaryHeader: boolean

  readonly allowedHosts: readonly string[]
  readonly hostsProxyHeaders: readonly string[]
  readonly sslProxyHeaders: ReadonlyMap<string, string>
  /** Seconds. */
  readonly stsSeconds: number
  readonly stsIncludeSubdomains: boolean
  readonly stsPreload: boolean
  readonly forceSTSHeader: boolean
  readonly frameDeny: boolean
  readonly customFrameOptionsValue: string
  readonly contentTypeNosniff: boolean
  readonly browserXssFilter: boolean
  readonly customBrowserXSSValue: string
  readonly contentSecurityPolicy: string
  readonly contentSecurityPolicyReportOnly: string
  readonly publicKey: string
  readonly referrerPolicy: string
  readonly permissionsPolicy: string
  readonly isDevelopment: boolean
}

/** TCP and UDP: read, checked and shown; they do not run yet. */
export interface StreamConfig {
  readonly routers: ReadonlyMap<string, StreamRouterConfig>
  readonly services: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** Of TCP only. */
  readonly middlewares: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

export interface StreamRouterConfig {
  /** Undefined for UDP, which has no rules. */
  readonly rule: string | undefined
  readonly entryPoints: readonly string[] | undefined
  readonly middlewares: readonly string[]
  readonly service: string | undefined
  readonly priority: bigint | undefined
  readonly tls: Readonly<Record<string, unknown>> | undefined
}
