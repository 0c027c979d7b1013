// Decoded options → Settings.
import type { Infer } from '../labels/schema.ts'
import { buildEntryPoints } from './build-entrypoints.ts'
import { listenPlace } from './docker-socket-schema.ts'
import { forwarderDefaults } from './limits.ts'
import type { ForwarderLimits } from './limits.ts'
import type { settingsSchema } from './settings-schema.ts'
import { dockerSocketDefaults } from './settings.ts'
import type { AccessLogSettings, DockerSettings, DockerSocketSettings, Settings } from './settings.ts'

type Options = Infer<typeof settingsSchema>

export function buildSettings(options: Options): Omit<Settings, 'ignored' | 'warnings'> {
  const { api, sticky, dockerSocket, providers, ping, log, accessLog, metrics, core, hold, threads } = options
  const { docker, file, providersThrottleDuration } = providers
  const { prometheus } = metrics
  return {
    entryPoints: buildEntryPoints(options),
    providers: { docker: docker && dockerSettings(docker), file },
    api: {
      enabled: api !== undefined,
      insecure: api?.insecure ?? false,
      dashboard: api?.dashboard ?? false,
      basePath: api?.basePath ?? '',
      edit: api?.edit ?? false,
      stateFile: api?.stateFile,
      allowedHosts: api?.allowedHosts ?? [],
    },
    sticky,
    dockerSocket: dockerSocket && dockerSocketSettings(dockerSocket),
    ping,
    log,
    accessLog: accessLog && accessLogSettings(accessLog),
    metrics: prometheus && { ...prometheus, buckets: prometheus.buckets.toSorted((a, b) => a - b) },
    core,
    threads,
    limits: forwarderLimits(options),
    hold: {
      timeoutMs: hold.timeout,
      maxRequests: Math.ceil(hold.maxRequests / Math.max(threads, 1)),
    },
    throttleMs: providersThrottleDuration,
  }
}

function dockerSettings(options: NonNullable<Options['providers']['docker']>): DockerSettings {
  const { username, password, tls, httpClientTimeout, ...rest } = options
  const { ca, cert, key, insecureSkipVerify } = tls
  const secured = [ca, cert, key, insecureSkipVerify].some((option) => option !== undefined)
  return {
    ...rest,
    connection: {
      tls: secured ? { ca, cert, key, insecureSkipVerify: insecureSkipVerify ?? false } : undefined,
      username,
      password,
      timeoutMs: httpClientTimeout,
    },
  }
}

function dockerSocketSettings(options: NonNullable<Options['dockerSocket']>): DockerSocketSettings {
  const { listen, drainTimeout, ...rest } = options
  return { ...rest, listen: listenPlace(listen) ?? dockerSocketDefaults.listen, drainTimeoutMs: drainTimeout }
}

function accessLogSettings(options: NonNullable<Options['accessLog']>): AccessLogSettings {
  const { format, filePath, addInternals, filters, fields } = options
  return {
    format,
    filePath,
    addInternals,
    filters: {
      statusCodes: filters.statusCodes,
      retryAttempts: filters.retryAttempts,
      minDurationMs: filters.minDuration,
    },
    fields: {
      defaultMode: fields.defaultMode,
      names: lowerCased(fields.names),
      headers: { defaultMode: fields.headers.defaultMode, names: lowerCased(fields.headers.names) },
    },
  }
}

/** An environment variable has no case, and the name of a header neither. */
function lowerCased<T>(names: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...names].map(([name, mode]) => [name.toLowerCase(), mode]))
}

function forwarderLimits({ serversTransport, limits, threads }: Options): ForwarderLimits {
  const { dialTimeout, responseHeaderTimeout, idleConnTimeout } = serversTransport.forwardingTimeouts
  return {
    ...forwarderDefaults,
    maxConnsPerMember: limits.maxConnsPerMember,
    maxWaitingPerMember: limits.maxWaitingPerMember,
    memberQueueTimeoutMs: limits.memberQueueTimeout,
    bodyIdleTimeoutMs: limits.bodyIdleTimeout,
    maxReplayBytes: limits.maxReplayBytes,
    maxReplayMemory: Math.floor(limits.maxReplayMemory / Math.max(threads, 1)),
    connectTimeoutMs: dialTimeout,
    responseHeaderTimeoutMs: responseHeaderTimeout,
    memberIdleTimeoutMs: idleConnTimeout,
    maxIdlePerMember: serversTransport.maxIdleConnsPerHost,
  }
}
