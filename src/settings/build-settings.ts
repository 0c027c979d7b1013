// Decoded options → Settings: Traefik's implicit entrypoints, limits from where Traefik keeps them, and what only the
// whole can tell.
import type { Report } from '../labels/finding.ts'
import type { Infer } from '../labels/schema.ts'
import { didYouMean } from '../model/nearest.ts'
import { defaultGraceTimeOutMs, defaultLimits } from './limits.ts'
import type { Limits } from './limits.ts'
import type { settingsSchema } from './settings-schema.ts'
import { internalEntryPoint } from './settings.ts'
import type { EntryPointSettings, Settings } from './settings.ts'

type Options = Infer<typeof settingsSchema>
type EntryPointOptions = Options['entryPoints'] extends ReadonlyMap<string, infer E> ? E : never

export function buildSettings(options: Options, report: Report): Omit<Settings, 'ignored'> {
  const { api, providers, ping, log, accessLog } = options
  const entryPoints = entryPointsOf(options)
  const settings = {
    entryPoints,
    providers,
    api: api ?? { insecure: false, dashboard: false },
    ping,
    log,
    accessLog: accessLog !== undefined,
    graceTimeOutMs: greatest(
      each(options, ({ transport }) => transport.lifeCycle.graceTimeOut),
      defaultGraceTimeOutMs,
    ),
    limits: limitsOf(options),
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
function entryPointsOf({ entryPoints, api, ping }: Options): ReadonlyMap<string, EntryPointSettings> {
  const made = new Map<string, EntryPointSettings>()
  for (const [name, { address, asDefault, forwardedHeaders }] of entryPoints) {
    if (address !== undefined) made.set(name, { ...address, asDefault, forwardedHeaders })
  }
  if ([...entryPoints.keys()].every((name) => name === internalEntryPoint)) made.set('http', plain(80))
  const wanted = api?.insecure === true || ping?.entryPoint === internalEntryPoint
  if (wanted && !entryPoints.has(internalEntryPoint)) made.set(internalEntryPoint, plain(8080))
  return new Map([...made].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function plain(port: number): EntryPointSettings {
  return { host: undefined, port, asDefault: false, forwardedHeaders: { insecure: false, trustedIPs: [] } }
}

function limitsOf(options: Options): Limits {
  const { limits, serversTransport } = options
  const { dialTimeout, responseHeaderTimeout, idleConnTimeout } = serversTransport.forwardingTimeouts
  const readTimeouts = each(options, ({ transport }) => transport.respondingTimeouts.readTimeout)
  const idleTimeouts = each(options, ({ transport }) => transport.respondingTimeouts.idleTimeout)
  return {
    ...defaultLimits,
    maxHeaderBytes: greatest(
      each(options, ({ http }) => http.maxHeaderBytes),
      defaultLimits.maxHeaderBytes,
    ),
    maxHeaderFields: limits.maxHeaderFields,
    headerTimeoutMs: limits.headerTimeout,
    readTimeoutMs: readTimeouts.includes(0) ? 0 : greatest(readTimeouts, defaultLimits.readTimeoutMs),
    idleTimeoutMs: idleTimeouts.includes(0) ? 0 : greatest(idleTimeouts, defaultLimits.idleTimeoutMs),
    connectTimeoutMs: dialTimeout ?? defaultLimits.connectTimeoutMs,
    responseHeaderTimeoutMs: responseHeaderTimeout ?? defaultLimits.responseHeaderTimeoutMs,
    memberIdleTimeoutMs: idleConnTimeout ?? defaultLimits.memberIdleTimeoutMs,
    maxIdlePerMember: serversTransport.maxIdleConnsPerHost ?? defaultLimits.maxIdlePerMember,
  }
}

type Given = readonly (number | undefined)[]

function each({ entryPoints }: Options, given: (entryPoint: EntryPointOptions) => number | undefined): Given {
  return [...entryPoints.values()].map(given)
}

/** Traefik has these per entrypoint, Muster one for all: the greatest, so that none is cut short. */
function greatest(given: Given, byDefault: number): number {
  return given.length === 0 ? byDefault : Math.max(...given.map((value) => value ?? byDefault))
}

function checkReferences({ entryPoints, ping }: Pick<Settings, 'entryPoints' | 'ping'>, report: Report): void {
  if (ping === undefined || entryPoints.has(ping.entryPoint)) return
  const reason = `entrypoint "${ping.entryPoint}" does not exist`
  const hint = didYouMean(ping.entryPoint, entryPoints.keys())
  report({ what: 'value', severity: 'error', field: '--ping.entrypoint', object: undefined, reason, hint })
}
