// Decoded options → Settings: Traefik's implicit entrypoints, limits from where Traefik keeps them, and what only the
// whole can tell.
import type { Report } from '../labels/finding.ts'
import type { Infer } from '../labels/schema.ts'
import { didYouMean } from '../model/nearest.ts'
import { connectionBudget, openFilesMax } from './connection-budget.ts'
import { entrypointDefaults, forwarderDefaults } from './limits.ts'
import type { EntrypointLimits, ForwarderLimits } from './limits.ts'
import type { settingsSchema } from './settings-schema.ts'
import { internalEntryPoint } from './settings.ts'
import type { EntryPointSettings, Settings } from './settings.ts'

type Options = Infer<typeof settingsSchema>
type EntryPointOptions = Options['entryPoints'] extends ReadonlyMap<string, infer E> ? E : never

export function buildSettings(options: Options, report: Report): Omit<Settings, 'ignored'> {
  const { api, providers, ping, log, accessLog, threads } = options
  const settings = {
    entryPoints: entryPointsOf(options),
    providers,
    api: api ?? { insecure: false, dashboard: false },
    ping,
    log,
    accessLog: accessLog !== undefined,
    threads,
    limits: forwarderLimits(options),
  }
  checkReferences(settings, report)
  const { file } = providers
  if (file !== undefined && file.filename === undefined && file.directory === undefined) {
    const reason = 'the file provider needs a filename or a directory'
    report({ what: 'value', severity: 'error', field: '--providers.file', object: undefined, reason, hint: undefined })
  }
  return settings
}

/** Traefik's: none given ⇒ `http` on :80; somebody needs `traefik` and nobody defined it ⇒ :8080. */
function entryPointsOf(options: Options): ReadonlyMap<string, EntryPointSettings> {
  const { entryPoints, api, ping } = options
  const made = new Map<string, Omit<EntryPointSettings, 'limits'>>()
  for (const [name, { address, asDefault, forwardedHeaders }] of entryPoints) {
    if (address !== undefined) made.set(name, { ...address, asDefault, forwardedHeaders })
  }
  if ([...entryPoints.keys()].every((name) => name === internalEntryPoint)) made.set('http', plain(80))
  const wanted = api?.insecure === true || ping?.entryPoint === internalEntryPoint
  if (wanted && !entryPoints.has(internalEntryPoint)) made.set(internalEntryPoint, plain(8080))

  const common = commonLimits(options, made.size)
  return new Map(
    [...made]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entryPoint]) => [
        name,
        { ...entryPoint, limits: limitsOf(name, entryPoints.get(name), common) } satisfies EntryPointSettings,
      ]),
  )
}

function plain(port: number): Omit<EntryPointSettings, 'limits'> {
  return { host: undefined, port, asDefault: false, forwardedHeaders: { insecure: false, trustedIPs: [] } }
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

function limitsOf(name: string, options: EntryPointOptions | undefined, common: EntrypointLimits): EntrypointLimits {
  // When memory runs short the pages that show it stay, and so does the ping that keeps the container from a restart.
  const limits = name === internalEntryPoint ? { ...common, maxMemoryPercent: 0 } : common
  if (options === undefined) return limits
  const { keepAliveMaxRequests, keepAliveMaxTime, lifeCycle, respondingTimeouts } = options.transport
  return {
    ...limits,
    maxHeaderBytes: options.http.maxHeaderBytes,
    readTimeoutMs: respondingTimeouts.readTimeout,
    writeTimeoutMs: respondingTimeouts.writeTimeout,
    idleTimeoutMs: respondingTimeouts.idleTimeout,
    keepAliveMaxRequests,
    keepAliveMaxTimeMs: keepAliveMaxTime,
    acceptGraceMs: lifeCycle.requestAcceptGraceTimeout,
    graceTimeOutMs: lifeCycle.graceTimeOut,
  }
}

function forwarderLimits({ serversTransport, limits }: Options): ForwarderLimits {
  const { dialTimeout, responseHeaderTimeout, idleConnTimeout } = serversTransport.forwardingTimeouts
  return {
    ...forwarderDefaults,
    maxConnsPerMember: limits.maxConnsPerMember,
    maxWaitingPerMember: limits.maxWaitingPerMember,
    memberQueueTimeoutMs: limits.memberQueueTimeout,
    bodyIdleTimeoutMs: limits.bodyIdleTimeout,
    connectTimeoutMs: dialTimeout,
    responseHeaderTimeoutMs: responseHeaderTimeout,
    memberIdleTimeoutMs: idleConnTimeout,
    maxIdlePerMember: serversTransport.maxIdleConnsPerHost,
  }
}

function checkReferences({ entryPoints, ping }: Pick<Settings, 'entryPoints' | 'ping'>, report: Report): void {
  if (ping === undefined || entryPoints.has(ping.entryPoint)) return
  const reason = `entrypoint "${ping.entryPoint}" does not exist`
  const hint = didYouMean(ping.entryPoint, entryPoints.keys())
  report({ what: 'value', severity: 'error', field: '--ping.entrypoint', object: undefined, reason, hint })
}
