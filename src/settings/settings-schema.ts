// Everything the static configuration may say, wherever it comes from. Options of Traefik that are not a row here are
// unknown to it as well.
import { availableParallelism } from 'node:os'
import { bool, byDefault, duration, integer, oneOf, text } from '../labels/leaf.ts'
import { enabled, ignored, map, struct, unsupported } from '../labels/schema.ts'
import { entryPoint } from './entrypoint-schema.ts'
import { entrypointDefaults, forwarderDefaults } from './limits.ts'
import { logLevel } from './option-leaf.ts'
import { providers } from './provider-schema.ts'
import { internalEntryPoint } from './settings.ts'

/** More than any machine has use for; a typing error must not start a thousand. */
const threadsMax = 256

const telemetry = ignored('telemetry')
const updateCheck = ignored('Muster never calls home')

export const settingsSchema = struct({
  entryPoints: map('entrypoint', entryPoint),
  providers,

  api: enabled({
    insecure: byDefault(false, bool()),
    dashboard: byDefault(true, bool()),
    debug: unsupported('api.debug is not supported yet', { mayBeOff: true }),
    basePath: unsupported('api.basePath is not supported yet'),
    disableDashboardAd: ignored('there are no advertisements'),
  }),
  ping: enabled({
    entryPoint: byDefault(internalEntryPoint, text()),
    manualRouting: unsupported('ping.manualRouting is not supported yet', { mayBeOff: true }),
    terminatingStatusCode: unsupported('ping answers 503 while Muster stops; another status is not supported yet'),
  }),
  metrics: telemetry,
  log: struct({
    level: byDefault('info', logLevel()),
    format: byDefault('common', oneOf(['common', 'json'])),
    noColor: ignored('the log has no colours'),
    filePath: unsupported('the log goes to standard output; a log file is not supported yet'),
    maxSize: unsupported('the log goes to standard output; rotation is not supported yet'),
    maxAge: unsupported('the log goes to standard output; rotation is not supported yet'),
    maxBackups: unsupported('the log goes to standard output; rotation is not supported yet'),
    compress: unsupported('the log goes to standard output; rotation is not supported yet', { mayBeOff: true }),
    otlp: telemetry,
  }),
  accessLog: enabled({
    format: oneOf(['common'], { notYet: ['json', 'genericclf'] }),
    filePath: unsupported('the access log goes to standard output; a file is not supported yet'),
    filters: unsupported('access log filters are not supported yet'),
    fields: unsupported('access log fields are not supported yet'),
    addInternals: unsupported('access lines of internal services are not supported yet', { mayBeOff: true }),
    bufferingSize: ignored('lines are written at once'),
    otlp: telemetry,
  }),
  serversTransport: struct({
    maxIdleConnsPerHost: byDefault(forwarderDefaults.maxIdlePerMember, integer({ min: 0, max: 65_535 })),
    forwardingTimeouts: struct({
      dialTimeout: byDefault(forwarderDefaults.connectTimeoutMs, duration()),
      responseHeaderTimeout: byDefault(forwarderDefaults.responseHeaderTimeoutMs, duration()),
      idleConnTimeout: byDefault(forwarderDefaults.memberIdleTimeoutMs, duration()),
      readIdleTimeout: unsupported('HTTP/2 to members is not supported yet', { mayBeOff: true }),
      pingTimeout: unsupported('HTTP/2 to members is not supported yet', { mayBeOff: true }),
    }),
    insecureSkipVerify: unsupported('insecureSkipVerify is not supported yet', { mayBeOff: true }),
    rootCAs: unsupported('rootCAs are not supported yet'),
    cipherSuites: unsupported('cipher suites are not supported yet'),
    minVersion: unsupported('TLS versions are not supported yet'),
    maxVersion: unsupported('TLS versions are not supported yet'),
    spiffe: unsupported('SPIFFE is not supported yet'),
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
    /** Per cent. */
    maxMemory: byDefault(entrypointDefaults.maxMemoryPercent, integer({ min: 0, max: 100 })),
  }),

  core: struct({ defaultRuleSyntax: oneOf(['v3'], { notYet: ['v2'] }) }),
  global: struct({ checkNewVersion: updateCheck, sendAnonymousUsage: updateCheck }),
  tracing: telemetry,
  pilot: telemetry,
  certificatesResolvers: unsupported('certificates resolvers are not supported yet'),
  configFile: unsupported('a configuration file is not supported yet: write its options as flags'),
  experimental: unsupported('experimental options and plugins are not supported yet'),
  hostResolver: unsupported('CNAME flattening is not supported yet'),
  ocsp: unsupported('OCSP stapling is not supported yet'),
  spiffe: unsupported('SPIFFE is not supported yet'),
  tcpServersTransport: unsupported('TCP is not supported yet'),
})
