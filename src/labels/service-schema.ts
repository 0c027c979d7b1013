// What a service may have: one row per kind and field. In labels the container is the server, hence `server` in the
// singular; a document lists `servers`.
import { compositeKinds } from './composite-schema.ts'
import { bool, byDefault, duration, integer, leaf, list, oneOf, required, text } from './leaf.ts'
import { about, notYet } from './marks.ts'
import { map, optional, records, struct, unsupported, variants } from './schema.ts'
import { readServerUrl } from './server-url.ts'
import { sticky } from './sticky-schema.ts'
import { fieldValue, notFieldName } from './texts.ts'

/** Beyond it a share of the requests cannot be told from nothing, and a cyclic sequence of picks gets too long. */
const weightMax = 65_535

const weight = about('its share of the requests; 0: none', byDefault(1, integer({ min: 0, max: weightMax })))
const port = integer({ min: 1, max: 65_535 })

const preservePath = about(
  'keep the path of the URL before that of the request',
  notYet('the path of a server URL is not used yet', byDefault(false, bool())),
)

const healthCheck = optional(
  {
    path: about('what is asked for', text()),
    scheme: about('not given: that of the server', oneOf(['http', 'https', 'h2c'])),
    mode: about('how it is asked', byDefault('http', oneOf(['http', 'grpc']))),
    method: about('the method it is asked with', byDefault('GET', text())),
    status: about('the answer that is good; not given: 200 to 399', integer({ min: 100, max: 599 })),
    port: about('not given: that of the server', port),
    interval: about('between two checks', byDefault(30_000, duration())),
    unhealthyInterval: about('the same of a server that failed; not given: `interval`', duration()),
    timeout: about('for an answer', byDefault(5000, duration())),
    hostname: about('the Host it is asked with', text()),
    followRedirects: about('follow redirects', byDefault(true, bool())),
    headers: about('fields it is asked with', map('header', fieldValue(), { refusal: notFieldName })),
  },
  {
    check: ({ path, mode }) => (path === undefined && mode === 'http' ? 'a health check needs a "path"' : undefined),
  },
)

const passiveHealthCheck = optional({
  failureWindow: about('failures in this time count together', byDefault(10_000, duration())),
  maxFailedAttempts: about('as many take the server out', byDefault(1, integer({ min: 1, max: 2 ** 31 - 1 }))),
})

const sharedFields = {
  passHostHeader: about("send the client's Host, or else the server's own address", byDefault(true, bool())),
  sticky: about('sticky sessions; needs `cookie`', sticky),
  strategy: about(
    'how the next member is chosen; only `wrr`, in turn and by weight, runs yet',
    byDefault('wrr', oneOf(['wrr', 'p2c', 'hrw', 'leasttime'], { pending: ['p2c', 'hrw', 'leasttime'] })),
  ),
  healthCheck: notYet('active health checks are not supported yet', healthCheck),
  passiveHealthCheck: notYet('passive health checks are not supported yet', passiveHealthCheck),
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
        server: struct({
          port: about('the port inside the container; not given: the lowest one it exposes', port),
          scheme: about(
            'how the container is spoken to',
            byDefault('http', oneOf(['http', 'https'], { notYet: ['h2c'] })),
          ),
          weight,
          url: about('another server instead of the container, where that is allowed', leaf('URL', readServerUrl)),
          preservePath,
        }),
        ...sharedFields,
      },
      { misnomers: { servers: 'write server.port for the container itself, or server.url for another address' } },
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
    loadBalancer: struct({
      servers: records(struct({ url: required(leaf('URL', readServerUrl)), weight, preservePath })),
      ...sharedFields,
    }),
    ...compositeKinds,
  },
  besides,
  'loadBalancer',
)
