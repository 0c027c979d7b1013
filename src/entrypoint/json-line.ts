// Access lines as JSON: Traefik's fields under Traefik's names, as far as the settings keep them. `Failure` is Muster's own.
import { fieldValues } from '../exchange/field-list.ts'
import { hostPort } from '../exchange/host-port.ts'
import type { AccessLogSettings } from '../settings/settings.ts'
import type { AccessLine } from './access-log.ts'
import { parseAuthority } from './authority.ts'

type Fields = AccessLogSettings['fields']
type HeaderMode = Fields['headers']['defaultMode']
type Value = string | number | undefined

/** By Traefik's name; undefined: not in this line. Times are nanoseconds. */
const fields: Readonly<Record<string, (line: AccessLine) => Value>> = {
  ClientAddr: ({ clientIp, clientPort }) => hostPort(clientIp, clientPort),
  ClientHost: (line) => forwardedFor(line) ?? line.clientIp,
  ClientPort: ({ clientPort }) => String(clientPort),
  ClientUsername: () => '-',
  DownstreamContentSize: ({ responseBytes }) => responseBytes,
  DownstreamStatus: ({ status }) => status ?? 0,
  Duration: ({ durationMs }) => nanoseconds(durationMs),
  Failure: ({ record: { failure } }) => failure && `${failure.code}: ${failure.message}`,
  OriginContentSize: (line) => (hasOrigin(line) ? line.responseBytes : undefined),
  OriginDuration: ({ serviceMs }) => serviceMs && nanoseconds(serviceMs),
  OriginStatus: (line) => (hasOrigin(line) ? (line.status ?? 0) : undefined),
  Overhead: ({ durationMs, serviceMs = 0 }) => nanoseconds(durationMs - serviceMs),
  RequestAddr: ({ headers }) => headers.host,
  RequestContentSize: ({ requestBytes }) => requestBytes,
  RequestCount: ({ count }) => count,
  RequestHost: ({ headers: { host } }) => host && (parseAuthority(host)?.host ?? host),
  RequestMethod: ({ method }) => method,
  RequestPath: ({ path }) => path,
  RequestPort: ({ headers: { host } }) => host && (parseAuthority(host)?.port || '-'),
  RequestProtocol: ({ protocol }) => protocol,
  RequestScheme: ({ secure }) => (secure ? 'https' : 'http'),
  RetryAttempts: ({ record }) => Math.max(0, record.attempts - 1),
  RouterName: ({ record }) => record.router,
  ServiceAddr: ({ record }) => record.server?.slice(record.server.indexOf('://') + 3),
  ServiceName: ({ record }) => record.service,
  ServiceURL: ({ record }) => record.server,
  StartLocal: ({ startUtc }) => localTime(startUtc),
  StartUTC: ({ startUtc }) => startUtc.toISOString(),
  entryPointName: ({ entrypoint }) => entrypoint,
}

/** What is kept is settled once; names are compared without regard to case, as in Traefik. */
export function jsonLines({ defaultMode, names, headers }: Fields): (line: AccessLine) => string {
  const modes = lowerCased(names)
  const kept = Object.entries(fields).filter(([name]) => (modes.get(name.toLowerCase()) ?? defaultMode) === 'keep')
  const headerModes = lowerCased(headers.names)
  const modeOf = (name: string): HeaderMode => headerModes.get(name) ?? headers.defaultMode
  const dropsHeaders = headers.defaultMode === 'drop' && headerModes.size === 0
  return (line) => {
    const entry: Record<string, Value> = {}
    for (const [name, valueOf] of kept) entry[name] = valueOf(line)
    if (!dropsHeaders) {
      addHeaders(entry, 'downstream_', line.responseFields.map(String), modeOf)
      // Traefik takes both from one place, after middlewares have changed it.
      if (hasOrigin(line)) addHeaders(entry, 'origin_', line.responseFields.map(String), modeOf)
      addHeaders(entry, 'request_', line.requestFields, modeOf)
    }
    entry['level'] = 'info'
    entry['msg'] = ''
    entry['time'] = localTime(new Date())
    return JSON.stringify(entry)
  }
}

function addHeaders(
  entry: Record<string, Value>,
  prefix: string,
  lines: readonly string[],
  modeOf: (name: string) => HeaderMode,
): void {
  for (let i = 0; i < lines.length; i += 2) {
    const name = (lines[i] ?? '').toLowerCase()
    const mode = modeOf(name)
    // Go keeps the Host apart from the fields.
    if (mode === 'drop' || (prefix === 'request_' && name === 'host')) continue
    const key = prefix + canonicalName(name)
    const before = entry[key]
    const value = lines[i + 1] ?? ''
    entry[key] = mode === 'redact' ? 'REDACTED' : before === undefined ? value : `${before},${value}`
  }
}

function lowerCased<T>(names: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...names].map(([name, mode]) => [name.toLowerCase(), mode]))
}

/** Go's: `user-agent` → `User-Agent`. */
function canonicalName(name: string): string {
  return name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
}

/** An answer a service gave, also when that was only that it has no member. */
function hasOrigin({ record }: AccessLine): boolean {
  return record.service !== undefined
}

/** Of a trusted client only: another's is not among the fields. */
function forwardedFor({ requestFields }: AccessLine): string | undefined {
  const values = fieldValues(requestFields, 'x-forwarded-for')
  return values.length === 0 ? undefined : values.join(', ')
}

function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6)
}

/** `2026-11-21T03:47:33+01:00`, RFC 3339 in the zone of TZ. */
function localTime(at: Date): string {
  const offset = -at.getTimezoneOffset()
  const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1)
  if (offset === 0) return `${local}Z`
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `${local}${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}
