// How servers are connected to, which only documents can say.
import { bool, byDefault, duration, integer, lines, list, required, text } from './leaf.ts'
import { notYet } from './marks.ts'
import { enabled, map, optional, records, struct } from './schema.ts'

const certificates = records(struct({ certFile: required(lines()), keyFile: required(lines()) }))
const spiffe = enabled({ ids: list(), trustDomain: text() })

const clientTls = {
  serverName: text(),
  insecureSkipVerify: byDefault(false, bool()),
  rootCAs: list(() => undefined),
  certificates,
  peerCertURI: text(),
  spiffe,
}

const noTransports = 'servers transports are not supported yet'

export const serversTransports = map(
  'transport',
  notYet(
    noTransports,
    struct({
      ...clientTls,
      cipherSuites: list(),
      minVersion: text(),
      maxVersion: text(),
      maxIdleConnsPerHost: byDefault(200, integer()),
      forwardingTimeouts: optional({
        dialTimeout: byDefault(30_000, duration()),
        responseHeaderTimeout: byDefault(0, duration()),
        idleConnTimeout: byDefault(90_000, duration()),
        readIdleTimeout: byDefault(0, duration()),
        pingTimeout: byDefault(15_000, duration()),
      }),
      disableHTTP2: byDefault(false, bool()),
    }),
  ),
)

export const tcpServersTransports = map(
  'transport',
  notYet(
    noTransports,
    struct({
      dialKeepAlive: byDefault(15_000, duration()),
      dialTimeout: byDefault(30_000, duration()),
      proxyProtocol: enabled({ version: byDefault(2, integer({ min: 1, max: 2 })) }),
      terminationDelay: byDefault(100, duration()),
      tls: enabled(clientTls),
    }),
  ),
)
