// The options of one entrypoint: a row for each that Traefik has.
import { bool, byDefault, duration, int64, integer, list, oneOf, required, text } from '../labels/leaf.ts'
import { enabled, ignored, records, struct, unsupported } from '../labels/schema.ts'
import { addressRanges } from '../labels/texts.ts'
import { entrypointDefaults } from './limits.ts'
import { notYet } from './not-yet.ts'
import { address } from './option-leaf.ts'

/** Traefik's: below nothing but its own internal routers. */
const redirectionPriority = 2n ** 63n - 2n

const allowed = byDefault(true, bool())
const aliasStrategy = oneOf(['keep', 'delete', 'reject'])

const http = struct({
  maxHeaderBytes: byDefault(entrypointDefaults.maxHeaderBytes, integer({ min: 1024, max: 2 ** 30 })),
  sanitizePath: byDefault(true, bool()),
  encodeQuerySemicolons: byDefault(false, bool()),
  encodedCharacters: struct({
    allowEncodedSlash: allowed,
    allowEncodedBackSlash: allowed,
    allowEncodedNullCharacter: allowed,
    allowEncodedSemicolon: allowed,
    allowEncodedPercent: allowed,
    allowEncodedQuestionMark: allowed,
    allowEncodedHash: allowed,
  }),
  aliasHeadersStrategy: aliasStrategy,
  /** Its name before 3.7.12. */
  underscoreHeadersStrategy: aliasStrategy,
  middlewares: list(),
  redirections: struct({
    entryPoint: enabled({
      to: required(text()),
      scheme: byDefault('https', text()),
      permanent: byDefault(true, bool()),
      priority: byDefault(redirectionPriority, int64()),
    }),
  }),
  tls: enabled({
    options: text(),
    certResolver: text(),
    domains: records(struct({ main: text(), sans: byDefault([], list()) })),
  }),
})

export const entryPoint = struct({
  address: required(address()),
  asDefault: byDefault(false, bool()),
  forwardedHeaders: struct({
    insecure: byDefault(false, bool()),
    trustedIPs: byDefault([], addressRanges()),
    connection: byDefault([], list()),
    notAppendXForwardedFor: byDefault(false, bool()),
    addXForwardedSchemeHeaders: unsupported('addXForwardedSchemeHeaders is not supported yet', { mayBeOff: true }),
  }),
  proxyProtocol: enabled({ insecure: byDefault(false, bool()), trustedIPs: byDefault([], addressRanges()) }),
  transport: struct({
    lifeCycle: struct({
      graceTimeOut: byDefault(entrypointDefaults.graceTimeOutMs, duration()),
      requestAcceptGraceTimeout: byDefault(entrypointDefaults.acceptGraceMs, duration()),
    }),
    respondingTimeouts: struct({
      readTimeout: byDefault(entrypointDefaults.readTimeoutMs, duration()),
      idleTimeout: byDefault(entrypointDefaults.idleTimeoutMs, duration()),
      writeTimeout: byDefault(entrypointDefaults.writeTimeoutMs, duration()),
    }),
    keepAliveMaxTime: byDefault(entrypointDefaults.keepAliveMaxTimeMs, duration()),
    keepAliveMaxRequests: byDefault(entrypointDefaults.keepAliveMaxRequests, integer({ min: 0, max: 2 ** 31 - 1 })),
  }),
  http,
  observability: struct({
    accessLogs: bool(),
    metrics: bool(),
    tracing: ignored('telemetry'),
    traceVerbosity: ignored('telemetry'),
  }),
  http2: ignored(notYet.http2),
  http3: ignored(notYet.http2),
  udp: ignored(notYet.udp),
  allowACMEByPass: ignored(notYet.tls),
  reusePort: ignored('Muster shares the port between its threads by itself'),
})
