// TCP and UDP: routers, services and middlewares, in labels and in documents. They are read and checked, but do not run
// yet; each router says so.
import type { StreamConfig, StreamRouterConfig } from '../model/dynamic-config.ts'
import { bool, byDefault, duration, integer, required, text } from './leaf.ts'
import { mapValues } from './map-values.ts'
import { about, notYet, pending } from './marks.ts'
import { ruledFields, tlsFields, udpRouterFields } from './router-schema.ts'
import { enabled, objects, records, struct, unsupported, variants } from './schema.ts'
import type { Schema } from './schema.ts'
import { addressRanges } from './texts.ts'

const port = integer({ min: 1, max: 65_535 })

const tcpRouter = struct({
  ...ruledFields,
  tls: about(
    'the router takes connections with TLS, and only those',
    enabled({ passthrough: about('leave TLS to the server', byDefault(false, bool())), ...tlsFields }),
  ),
})

const serverTls = about('speak TLS with the server', byDefault(false, bool()))

const tcpFields = {
  serversTransport: about('how servers are connected to', text()),
  proxyProtocol: about(
    'tell the server who the client is',
    enabled({ version: about('of the PROXY protocol', byDefault(2, integer({ min: 1, max: 2 }))) }),
  ),
  terminationDelay: about('milliseconds a half-closed connection stays; deprecated in Traefik', integer()),
  healthCheck: about(
    'take servers out that do not answer',
    enabled({
      port: about('not given: that of the server', port),
      send: about('what is sent', text()),
      expect: about('what must come back', text()),
      interval: about('between two checks', byDefault(30_000, duration())),
      unhealthyInterval: about('the same of a server that failed; not given: `interval`', duration()),
      timeout: about('for an answer', byDefault(5000, duration())),
    }),
  ),
} as const

const tcpMiddleware = variants(
  {
    inFlightConn: struct({
      amount: about('connections of one client at a time', required(integer({ min: 1, max: Number.MAX_SAFE_INTEGER }))),
    }),
    ipAllowList: struct({ sourceRange: about('who may come', required(addressRanges())) }),
    ipWhiteList: struct({ sourceRange: about('deprecated name of ipAllowList', required(addressRanges())) }),
  },
  {},
)

const weighted = struct({
  services: records(struct({ name: required(text()), weight: byDefault(1, integer({ min: 0, max: 2 ** 31 - 1 })) })),
  healthCheck: enabled({}),
})

const server = struct({ address: about('host and port', required(text())) })

const inLabels = { weighted: unsupported('weighted services are not read from labels, as in Traefik') }
const misnomers = { servers: 'write server.port' }

const labelServer = { port: about('the port inside the container', port) }

export const labelTcp = tcp(
  variants(
    {
      loadBalancer: struct({ server: struct({ ...labelServer, tls: serverTls }), ...tcpFields }, { misnomers }),
      ...inLabels,
    },
    {},
  ),
)

export const labelUdp = udp(
  variants({ loadBalancer: struct({ server: struct(labelServer) }, { misnomers }), ...inLabels }, {}),
)

export const documentTcp = tcp(
  variants(
    {
      loadBalancer: struct({ servers: records(struct({ ...server.fields, tls: serverTls })), ...tcpFields }),
      weighted,
    },
    {},
  ),
)

export const documentUdp = udp(variants({ loadBalancer: struct({ servers: records(server) }), weighted }, {}))

function tcp<S extends Schema>(service: S) {
  return pending(
    struct({
      routers: objects('tcp router', notYet('TCP is not supported yet', tcpRouter, 'error')),
      services: objects('tcp service', service),
      middlewares: objects('tcp middleware', tcpMiddleware),
    }),
  )
}

function udp<S extends Schema>(service: S) {
  return pending(
    struct({
      routers: objects('udp router', notYet('UDP is not supported yet', struct(udpRouterFields), 'error')),
      services: objects('udp service', service),
    }),
  )
}

type DecodedRouter = { readonly [K in keyof StreamRouterConfig]?: StreamRouterConfig[K] | undefined }

interface DecodedStreams {
  readonly routers: ReadonlyMap<string, DecodedRouter>
  readonly services: ReadonlyMap<string, { readonly kind: string }>
  readonly middlewares?: ReadonlyMap<string, { readonly kind: string }>
}

export function streamConfig({ routers, services, middlewares = new Map() }: DecodedStreams): StreamConfig {
  return {
    routers: mapValues(routers, ({ rule, entryPoints, middlewares: passed = [], service, priority, tls }) => ({
      rule,
      entryPoints,
      middlewares: passed,
      service,
      priority: priority === 0n ? undefined : priority,
      tls,
    })),
    services: mapValues(services, byKind),
    middlewares: mapValues(middlewares, byKind),
  }
}

/** As Traefik shows it: the options under the name of their kind. */
function byKind({ kind, ...options }: { readonly kind: string }): Readonly<Record<string, unknown>> {
  return { [kind]: options }
}
