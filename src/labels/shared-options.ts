// Groups of options that several middlewares have.
import { bool, byDefault, duration, integer, lines, list, text } from './leaf.ts'
import { about } from './marks.ts'
import { enabled, optional } from './schema.ts'
import { addressRanges } from './texts.ts'

const off = byDefault(false, bool())
const count = byDefault(0, integer({ min: 0, max: 2 ** 31 - 1 }))

export const ipStrategy = about(
  "where the client's address is read; not given: the connection",
  enabled({
    depth: about("which address of X-Forwarded-For is the client, from the right; 0: the connection's", count),
    excludedIPs: about('addresses of X-Forwarded-For that are passed over', addressRanges()),
    ipv6Subnet: about('IPv6 clients of one subnet are one', integer({ min: 0, max: 128 })),
  }),
)

export const sourceCriterion = optional(
  {
    ipStrategy,
    requestHeaderName: about('requests of one value of this field are of one source', text()),
    requestHost: about('requests for one host are of one source', off),
  },
  {
    check: ({ ipStrategy: address, requestHeaderName, requestHost }) =>
      [address !== undefined, requestHeaderName !== undefined, requestHost].filter(Boolean).length > 1
        ? 'ipStrategy, requestHeaderName and requestHost exclude each other'
        : undefined,
  },
)

const connectionTls = {
  ca: about('certificate authority of the server, a file or the text itself', lines()),
  cert: about('certificate of our own', lines()),
  key: about('key of that certificate', lines()),
  insecureSkipVerify: about('take any certificate', off),
}

const halfAPair = ({ cert, key }: { cert: unknown; key: unknown }): string | undefined =>
  (cert === undefined) === (key === undefined) ? undefined : 'cert and key need each other'

export const clientTls = optional(
  { ...connectionTls, caOptional: about('deprecated in Traefik; has no effect', bool()) },
  { check: halfAPair },
)

export const redis = optional({
  endpoints: about('servers', byDefault(['127.0.0.1:6379'], list())),
  tls: optional(connectionTls, { check: halfAPair }),
  username: about('who logs in', text()),
  password: about('with what', text()),
  db: about('number of the database', count),
  poolSize: about('connections that are kept; 0: as many as seem right', count),
  minIdleConns: about('idle connections at least', count),
  maxActiveConns: about('connections at most; 0 is no limit', count),
  readTimeout: about('for a read; 0 is no limit', byDefault(3000, duration({ signed: true }))),
  writeTimeout: about('for a write; 0 is no limit', byDefault(3000, duration({ signed: true }))),
  dialTimeout: about('for a connection; 0 is no limit', byDefault(5000, duration({ signed: true }))),
  denyOnError: about('refuse requests while it cannot be reached', byDefault(true, bool())),
})

const told = (what: string): typeof off => about(`tell the member ${what}`, off)

const names = {
  country: told('C'),
  province: told('ST'),
  locality: told('L'),
  organization: told('O'),
  commonName: told('CN'),
  serialNumber: told('SN'),
  domainComponent: told('DC'),
}

export const certificateInfo = optional({
  notAfter: told('when it ends'),
  notBefore: told('when it began'),
  sans: told('its alternative names'),
  serialNumber: told('its number'),
  subject: optional({ ...names, organizationalUnit: told('OU') }),
  issuer: optional(names),
})
