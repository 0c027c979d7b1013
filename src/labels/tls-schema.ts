// What `tls` may hold beside routers: by label only the certificate of the default store, in documents all of it.
import { bool, byDefault, lines, list, oneOf, required, text } from './leaf.ts'
import { about, notYet } from './marks.ts'
import { map, optional, records, struct, unsupported } from './schema.ts'

const noTls = 'TLS is not supported yet'

const defaultGeneratedCert = optional({
  resolver: about('who gets the certificate for names that have none', text()),
  domain: optional({ main: about('the name it is for', text()), sans: about('further names', byDefault([], list())) }),
})

export const labelTls = notYet(
  noTls,
  optional({
    stores: optional({
      default: optional({
        defaultCertificate: unsupported('certificates are not read from labels, as in Traefik'),
        defaultGeneratedCert,
      }),
    }),
    options: unsupported('TLS options are not read from labels, as in Traefik'),
    certificates: unsupported('certificates are not read from labels, as in Traefik'),
  }),
)

const files = { certFile: required(lines()), keyFile: required(lines()) }
const version = oneOf(['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13'])

export const documentTls = notYet(
  noTls,
  optional({
    certificates: records(struct({ ...files, stores: list() })),
    options: map(
      'options',
      struct({
        minVersion: version,
        maxVersion: version,
        cipherSuites: list(),
        curvePreferences: list(),
        clientAuth: optional({ caFiles: list(), clientAuthType: text() }),
        sniStrict: byDefault(false, bool()),
        alpnProtocols: list(),
        disableSessionTickets: byDefault(false, bool()),
        preferServerCipherSuites: bool(),
      }),
    ),
    stores: map('store', struct({ defaultCertificate: optional(files), defaultGeneratedCert })),
  }),
)
