// The options of log, access log, metrics and tracing: a row for each that Traefik has.
import { bool, byDefault, duration, oneOf, text } from '../labels/leaf.ts'
import { enabled, ignored, map, struct, unsupported } from '../labels/schema.ts'
import { notYet } from './not-yet.ts'
import { buckets, logLevel, statusCodes } from './option-leaf.ts'
import { removedTracing } from './removed-options.ts'
import { internalEntryPoint } from './settings.ts'

const telemetry = ignored('telemetry')
const logFile = ignored(notYet.logFile)

export const log = struct({
  level: byDefault('info', logLevel()),
  format: byDefault('common', oneOf(['common', 'json'])),
  noColor: ignored('the log has no colours'),
  filePath: logFile,
  maxSize: logFile,
  maxAge: logFile,
  maxBackups: logFile,
  compress: logFile,
  otlp: telemetry,
})

const fieldMode = oneOf(['keep', 'drop'])
const headerMode = oneOf(['keep', 'drop', 'redact'])

export const accessLog = enabled({
  format: byDefault('common', oneOf(['common', 'genericCLF', 'json'])),
  filePath: text(),
  filters: struct({
    statusCodes: byDefault([], statusCodes()),
    retryAttempts: byDefault(false, bool()),
    minDuration: byDefault(0, duration()),
  }),
  fields: struct({
    defaultMode: byDefault('keep', fieldMode),
    names: map('field', fieldMode),
    headers: struct({ defaultMode: byDefault('drop', headerMode), names: map('header', headerMode) }),
  }),
  addInternals: byDefault(false, bool()),
  bufferingSize: ignored('lines are written in small batches always'),
  dualOutput: unsupported('access lines go to one place; a second one is not supported yet', { mayBeOff: true }),
  otlp: telemetry,
})

export const metrics = struct({
  prometheus: enabled({
    entryPoint: byDefault(internalEntryPoint, text()),
    manualRouting: byDefault(false, bool()),
    buckets: byDefault([0.1, 0.3, 1.2, 5], buckets()),
    addEntryPointsLabels: byDefault(true, bool()),
    addRoutersLabels: byDefault(false, bool()),
    addServicesLabels: byDefault(true, bool()),
    headerLabels: ignored(notYet.headerLabels),
  }),
  addInternals: unsupported('metrics of internal services are not supported yet', { mayBeOff: true }),
  datadog: telemetry,
  influxDB: telemetry,
  influxDB2: telemetry,
  openTelemetry: telemetry,
  otlp: telemetry,
  statsD: telemetry,
})

export const tracing = struct({
  addInternals: telemetry,
  capturedRequestHeaders: telemetry,
  capturedResponseHeaders: telemetry,
  globalAttributes: telemetry,
  otlp: telemetry,
  resourceAttributes: telemetry,
  safeQueryParams: telemetry,
  sampleRate: telemetry,
  serviceName: telemetry,
  ...removedTracing,
})
