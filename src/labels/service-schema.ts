// What a service may have: one row per kind and field. In labels the container is the server, hence `server` in the
// singular; a document lists `servers`.
import { balancerFields, balancerMisnomers, memberFields, memberMisnomers } from './balancer-schema.ts'
import { compositeKinds } from './composite-schema.ts'
import { healthCheck, outlierDetection, passiveHealthCheck } from './health-schema.ts'
import { bool, byDefault, duration, integer, leaf, list, oneOf, required, text } from './leaf.ts'
import { about, notYet } from './marks.ts'
import { optional, records, struct, unsupported, variants } from './schema.ts'
import { readServerUrl } from './server-url.ts'
import { sticky } from './sticky-schema.ts'

const port = integer({ min: 1, max: 65_535 })

const preservePath = about(
  'keep the path of the URL before that of the request',
  notYet('the path of a server URL is not used yet', byDefault(false, bool())),
)

const sharedFields = {
  passHostHeader: about("send the client's Host, or else the server's own address", byDefault(true, bool())),
  sticky: about('sticky sessions; needs `cookie` or `session`', sticky),
  ...balancerFields,
  healthCheck,
  passiveHealthCheck,
  outlierDetection,
  responseForwarding: notYet(
    'responseForwarding is not supported yet: every byte is passed on at once',
    optional({
      flushInterval: about('between two writes; less than 0: at once', byDefault(100, duration({ signed: true }))),
    }),
  ),
  serversTransport: about('how servers are connected to', notYet('servers transports are not supported yet', text())),
} as const

/** Of the service as a whole. They may be what guards it, so a router that leads to it is not served. */
const besides = {
  middlewares: about(
    'what a request to the service passes',
    notYet('middlewares of a service are not supported yet', list(), 'error'),
  ),
} as const

export const labelService = variants(
  {
    loadBalancer: struct(
      {
        server: struct(
          {
            port: about('the port inside the container; not given: the lowest one it exposes', port),
            scheme: about(
              'how the container is spoken to',
              byDefault('http', oneOf(['http', 'https'], { notYet: ['h2c'] })),
            ),
            url: about('another server instead of the container, where that is allowed', leaf('URL', readServerUrl)),
            ...memberFields,
            preservePath,
          },
          { misnomers: memberMisnomers },
        ),
        ...sharedFields,
      },
      {
        misnomers: {
          ...balancerMisnomers,
          servers: 'write server.port for the container itself, or server.url for another address',
        },
      },
    ),
    weighted: ofFiles('weighted services'),
    mirroring: ofFiles('mirroring services'),
    failover: ofFiles('failover services'),
    highestRandomWeight: ofFiles('highestRandomWeight services'),
  },
  besides,
  'loadBalancer',
)

function ofFiles(what: string): ReturnType<typeof unsupported> {
  return unsupported(`${what} are not read from labels, as in Traefik`)
}

export const documentService = variants(
  {
    loadBalancer: struct(
      {
        servers: records(
          struct(
            { url: required(leaf('URL', readServerUrl)), ...memberFields, preservePath },
            { misnomers: memberMisnomers },
          ),
        ),
        ...sharedFields,
      },
      { misnomers: balancerMisnomers },
    ),
    ...compositeKinds,
  },
  besides,
  'loadBalancer',
)
