// Decoded options → entrypoints: Traefik's implicit ones, limits from where Traefik keeps them.
import { decode } from '../labels/decode.ts'
import type { Infer } from '../labels/schema.ts'
import { branch } from '../labels/tree.ts'
import { connectionBudget, openFilesMax } from './connection-budget.ts'
import { entryPoint } from './entrypoint-schema.ts'
import { entrypointDefaults } from './limits.ts'
import type { EntrypointLimits } from './limits.ts'
import type { settingsSchema } from './settings-schema.ts'
import { internalEntryPoint } from './settings.ts'
import type { EntryPointSettings } from './settings.ts'

type Options = Infer<typeof settingsSchema>
type EntryPointOptions = Infer<typeof entryPoint>

/** What an entrypoint is that nobody said anything of. */
const plain = decode(entryPoint, branch('', ''), () => undefined)

/** One without an address is left out. */
export function buildEntryPoints(options: Options): ReadonlyMap<string, EntryPointSettings> {
  const made = new Map([...options.entryPoints].filter(([, { address }]) => address !== undefined))
  // Traefik's: none given ⇒ `http` on :80; somebody needs `traefik` and nobody defined it ⇒ :8080.
  const onPort = (port: number): EntryPointOptions => ({ ...plain, address: { host: undefined, port } })
  if ([...options.entryPoints.keys()].every((name) => name === internalEntryPoint)) made.set('http', onPort(80))
  if (needsInternal(options) && !options.entryPoints.has(internalEntryPoint)) made.set(internalEntryPoint, onPort(8080))

  const common = commonLimits(options, made.size)
  return new Map(
    [...made]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, given]) => [name, entryPointOf(given, limitsOf(name, given, common))]),
  )
}

function needsInternal({ api, ping, metrics: { prometheus } }: Options): boolean {
  const standsThere = (page: { entryPoint: string; manualRouting: boolean } | undefined): boolean =>
    page?.manualRouting === false && page.entryPoint === internalEntryPoint
  return api?.insecure === true || standsThere(ping) || standsThere(prometheus)
}

function entryPointOf(options: EntryPointOptions, limits: EntrypointLimits): EntryPointSettings {
  const { address, asDefault, forwardedHeaders, proxyProtocol, http, observability } = options
  const { insecure, trustedIPs, connection, notAppendXForwardedFor } = forwardedHeaders
  const { accessLogs, metrics } = observability
  const redirection = http.redirections.entryPoint
  const said = accessLogs !== undefined || metrics !== undefined
  return {
    host: address?.host,
    port: address?.port ?? 0,
    asDefault,
    forwardedHeaders: { insecure, trustedIPs, connection, notAppendXForwardedFor },
    proxyProtocol,
    paths: {
      sanitize: http.sanitizePath,
      encodedCharacters: http.encodedCharacters,
      encodeQuerySemicolons: http.encodeQuerySemicolons,
      underscoreHeaders: http.aliasHeadersStrategy ?? http.underscoreHeadersStrategy,
    },
    middlewares: http.middlewares ?? [],
    redirection: redirection?.to === undefined ? undefined : { ...redirection, to: redirection.to },
    tls: http.tls,
    observability: said ? { accessLogs, metrics, tracing: undefined, traceVerbosity: undefined } : undefined,
    limits,
  }
}

/** What is the same for every entrypoint. Each thread of each of them holds its share of what open files let in. */
function commonLimits({ limits, threads }: Options, entryPoints: number): EntrypointLimits {
  const maxConnections = limits.maxConnections ?? Math.ceil(connectionBudget(openFilesMax()) / entryPoints)
  return {
    ...entrypointDefaults,
    maxHeaderFields: limits.maxHeaderFields,
    headerTimeoutMs: limits.headerTimeout,
    minBodyRate: limits.minBodyRate,
    bodyGraceMs: limits.bodyGrace,
    sendTimeoutMs: limits.sendTimeout,
    maxConnections: Math.ceil(maxConnections / Math.max(threads, 1)),
    maxConnectionsPerIp: limits.maxConnectionsPerIp,
    maxMemoryPercent: limits.maxMemory,
  }
}

function limitsOf(name: string, { transport, http }: EntryPointOptions, common: EntrypointLimits): EntrypointLimits {
  const { keepAliveMaxRequests, keepAliveMaxTime, lifeCycle, respondingTimeouts } = transport
  return {
    ...common,
    // When memory runs short the pages that show it stay, and so does the ping that keeps the container from a restart.
    maxMemoryPercent: name === internalEntryPoint ? 0 : common.maxMemoryPercent,
    maxHeaderBytes: http.maxHeaderBytes,
    readTimeoutMs: respondingTimeouts.readTimeout,
    writeTimeoutMs: respondingTimeouts.writeTimeout,
    idleTimeoutMs: respondingTimeouts.idleTimeout,
    keepAliveMaxRequests,
    keepAliveMaxTimeMs: keepAliveMaxTime,
    acceptGraceMs: lifeCycle.requestAcceptGraceTimeout,
    graceTimeOutMs: lifeCycle.graceTimeOut,
  }
}
