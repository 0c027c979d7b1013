// Everything the static configuration may say, wherever it comes from. Options of Traefik that are not a row here are
// unknown to it as well.
import { availableParallelism } from 'node:os'
import { bool, byDefault, duration, integer, oneOf, text } from '../labels/leaf.ts'
import { enabled, ignored, map, struct, unsupported } from '../labels/schema.ts'
import { entryPoint } from './entrypoint-schema.ts'
import { dockerSocket } from './docker-socket-schema.ts'
import { entrypointDefaults, forwarderDefaults, holdDefaults } from './limits.ts'
import { notYet } from './not-yet.ts'
import { accessLog, log, metrics, tracing } from './observability-schema.ts'
import { basePath, filePathOrNone, hosts, secret } from './option-leaf.ts'
import { providers } from './provider-schema.ts'
import { removed, removedRoots } from './removed-options.ts'
import { internalEntryPoint } from './settings.ts'

/** More than any machine has use for; a typing error must not start a thousand. */
const threadsMax = 256

const updateCheck = ignored('Muster never calls home')
const memberTls = ignored(notYet.memberTls)

export const settingsSchema = struct({
  entryPoints: map('entrypoint', entryPoint),
  providers,

  api: enabled({
    insecure: byDefault(false, bool()),
    dashboard: byDefault(true, bool()),
    basePath: byDefault('', basePath()),
    /** Muster only, like the next two: see ApiSettings. */
    edit: byDefault(false, bool()),
    stateFile: filePathOrNone(),
    allowedHosts: byDefault([], hosts()),
    debug: ignored(notYet.debug),
    disableDashboardAd: ignored('there are no advertisements'),
    dashboardName: ignored('the pages bear the name of Muster'),
  }),
  ping: enabled({
    entryPoint: byDefault(internalEntryPoint, text()),
    manualRouting: byDefault(false, bool()),
    terminatingStatusCode: byDefault(503, integer({ min: 100, max: 999 })),
  }),
  /** Muster only. */
  sticky: struct({ secret: secret() }),
  /** Muster only. */
  dockerSocket,
  metrics,
  log,
  accessLog,
  serversTransport: struct({
    maxIdleConnsPerHost: byDefault(forwarderDefaults.maxIdlePerMember, integer({ min: 0, max: 65_535 })),
    forwardingTimeouts: struct({
      dialTimeout: byDefault(forwarderDefaults.connectTimeoutMs, duration()),
      responseHeaderTimeout: byDefault(forwarderDefaults.responseHeaderTimeoutMs, duration()),
      idleConnTimeout: byDefault(forwarderDefaults.memberIdleTimeoutMs, duration()),
      readIdleTimeout: ignored('it is for HTTP/2 to members'),
      pingTimeout: ignored('it is for HTTP/2 to members'),
    }),
    insecureSkipVerify: memberTls,
    rootCAs: memberTls,
    cipherSuites: memberTls,
    minVersion: memberTls,
    maxVersion: memberTls,
    spiffe: memberTls,
  }),
  /** Muster only: how many threads carry requests; 0: the control thread does. */
  threads: byDefault(availableParallelism(), integer({ min: 0, max: threadsMax })),
  /** Muster only: the limits that Traefik has no option for. */
  limits: struct({
    maxHeaderFields: byDefault(entrypointDefaults.maxHeaderFields, integer({ min: 1, max: 65_535 })),
    headerTimeout: byDefault(entrypointDefaults.headerTimeoutMs, duration()),
    minBodyRate: byDefault(entrypointDefaults.minBodyRate, integer({ min: 0, max: 2 ** 30 })),
    bodyGrace: byDefault(entrypointDefaults.bodyGraceMs, duration()),
    sendTimeout: byDefault(entrypointDefaults.sendTimeoutMs, duration()),
    /** Absent: what the limit of open files lets in. */
    maxConnections: integer({ min: 0, max: 2 ** 30 }),
    maxConnectionsPerIp: byDefault(entrypointDefaults.maxConnectionsPerIp, integer({ min: 0, max: 2 ** 30 })),
    maxConnsPerMember: byDefault(forwarderDefaults.maxConnsPerMember, integer({ min: 0, max: 65_535 })),
    maxWaitingPerMember: byDefault(forwarderDefaults.maxWaitingPerMember, integer({ min: 0, max: 65_535 })),
    memberQueueTimeout: byDefault(forwarderDefaults.memberQueueTimeoutMs, duration()),
    bodyIdleTimeout: byDefault(forwarderDefaults.bodyIdleTimeoutMs, duration()),
    maxReplayBytes: byDefault(forwarderDefaults.maxReplayBytes, integer({ min: 0, max: 2 ** 30 })),
    maxReplayMemory: byDefault(forwarderDefaults.maxReplayMemory, integer({ min: 0, max: 2 ** 40 })),
    /** Per cent. */
    maxMemory: byDefault(entrypointDefaults.maxMemoryPercent, integer({ min: 0, max: 100 })),
  }),

  /** Muster only: what becomes of requests while a service has nobody to serve them. */
  hold: struct({
    timeout: byDefault(holdDefaults.timeoutMs, duration()),
    maxRequests: byDefault(holdDefaults.maxRequests, integer({ min: 0, max: 1_000_000 })),
  }),
  core: struct({ defaultRuleSyntax: byDefault('v3', oneOf(['v3', 'v2'])) }),
  global: struct({ checkNewVersion: updateCheck, sendAnonymousUsage: updateCheck }),
  tracing,
  certificatesResolvers: ignored(notYet.tls),
  ocsp: ignored(notYet.tls),
  spiffe: ignored(notYet.memberTls),
  tcpServersTransport: ignored(notYet.tcp),
  hostResolver: unsupported('CNAME flattening is not supported yet', { mayBeOff: true }),
  experimental: struct({
    plugins: unsupported('plugins are not supported yet'),
    localPlugins: unsupported('plugins are not supported yet'),
    abortOnPluginFailure: ignored('there are no plugins'),
    fastProxy: ignored('Muster has one way to forward, a fast one'),
    otlpLogs: ignored('telemetry'),
    knative: ignored('Muster does not have the knative provider'),
    kubernetesGateway: ignored('Muster does not have the kubernetesGateway provider'),
    kubernetesIngressNGINX: ignored('Muster does not have the kubernetesIngressNGINX provider'),
    http3: removed('write entryPoints.<name>.http3', { mayBeOff: true }),
  }),
  hub: unsupported('Muster is not part of Traefik Hub'),
  configFile: unsupported('only the command line can name a configuration file: --configFile=/path/to/file'),
  pilot: removed('leave it out'),
  ...removedRoots,
})
