// What a service may have: one row per kind and field. In labels the container is the server, hence `server` in the
// singular; a document lists `servers`.
import { bool, byDefault, integer, leaf, oneOf, required, unreadable, value } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { enabled, records, struct, unsupported, variants } from './schema.ts'
import { readServerUrl } from './server-url.ts'

/** Beyond it a share of the requests cannot be told from nothing, and a cyclic sequence of picks gets too long. */
const weightMax = 65_535

const weight = byDefault(1, integer({ min: 0, max: weightMax }))

const preservePath = unsupported('the path of a server URL is not supported yet', { mayBeOff: true })

const cookie = enabled({
  name: cookieText(),
  secure: byDefault(false, bool()),
  httpOnly: byDefault(false, bool()),
  sameSite: oneOf(['none', 'lax', 'strict']),
  maxAge: byDefault(0, integer()),
  path: byDefault('/', cookieText()),
  domain: cookieText(),
})

const sharedFields = {
  passHostHeader: byDefault(true, bool()),
  sticky: enabled({ cookie }),
  strategy: oneOf(['wrr'], { notYet: ['p2c', 'hrw', 'leasttime'] }),
  healthCheck: unsupported('active health checks are not supported yet'),
  passiveHealthCheck: unsupported('passive health checks are not supported yet'),
  responseForwarding: unsupported('responseForwarding is not supported yet: every byte is passed on at once'),
  serversTransport: unsupported('servers transports are not supported yet'),
} as const

const otherKinds = {
  weighted: unsupported('weighted services are not supported yet'),
  mirroring: unsupported('mirroring services are not supported yet'),
  failover: unsupported('failover services are not supported yet'),
  highestRandomWeight: unsupported('highestRandomWeight services are not supported yet'),
} as const

const besides = { middlewares: unsupported('middlewares of a service are not supported yet') } as const

export const labelService = variants(
  {
    loadBalancer: struct({
      server: struct({
        port: integer({ min: 1, max: 65_535 }),
        scheme: byDefault('http', oneOf(['http', 'https'], { notYet: ['h2c'] })),
        weight,
        url: unsupported('a server URL is not supported in labels: the container itself is the member'),
        preservePath,
      }),
      ...sharedFields,
    }),
    ...otherKinds,
  },
  besides,
)

export const documentService = variants(
  {
    loadBalancer: struct({
      servers: records(struct({ url: required(leaf('URL', readServerUrl)), weight, preservePath })),
      ...sharedFields,
    }),
    ...otherKinds,
  },
  besides,
)

/** RFC 6265 section 4.1.1: `;` and control characters would let a label write attributes and fields of its own. */
function cookieText(): Leaf<string | undefined> {
  return leaf('text', (given) =>
    /^[\x20-\x3a\x3c-\x7e]*$/.test(given) ? value(given) : unreadable('a cookie takes no ";" and only plain ASCII'),
  )
}
