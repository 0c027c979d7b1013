// The options of one entrypoint: a row for each that Traefik has.
import { bool, byDefault, duration, integer, oneOf, required } from '../labels/leaf.ts'
import { ignored, struct, unsupported } from '../labels/schema.ts'
import { entrypointDefaults } from './limits.ts'
import { address, ipRanges } from './option-leaf.ts'

export const entryPoint = struct({
  address: required(address()),
  asDefault: byDefault(false, bool()),
  forwardedHeaders: struct({
    insecure: byDefault(false, bool()),
    trustedIPs: byDefault([], ipRanges()),
    connection: unsupported('Connection fields are removed always; a list of exceptions is not supported yet'),
    notAppendXForwardedFor: unsupported('X-Forwarded-For is appended to always', { mayBeOff: true }),
  }),
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
  http: struct({
    maxHeaderBytes: byDefault(entrypointDefaults.maxHeaderBytes, integer({ min: 1024, max: 2 ** 30 })),
    // Muster always cleans the path: routers and members must not disagree about `..`.
    sanitizePath: oneOf(['true'], { notYet: ['false'] }),
    redirections: unsupported('redirections of a whole entrypoint are not supported yet'),
    tls: unsupported('TLS is not supported yet', { mayBeOff: true }),
    middlewares: unsupported('middlewares of a whole entrypoint are not supported yet'),
    encodeQuerySemicolons: unsupported('encodeQuerySemicolons is not supported yet', { mayBeOff: true }),
    encodedCharacters: unsupported('encodedCharacters is not supported yet'),
  }),
  http2: unsupported('HTTP/2 is not supported yet'),
  http3: unsupported('HTTP/3 is not supported yet', { mayBeOff: true }),
  proxyProtocol: unsupported('the PROXY protocol is not supported yet', { mayBeOff: true }),
  udp: unsupported('UDP is not supported yet'),
  allowACMEByPass: unsupported('ACME is not supported yet', { mayBeOff: true }),
  reusePort: ignored('Muster shares the port between its threads by itself'),
  observability: ignored('telemetry'),
})
