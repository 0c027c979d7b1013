// What a router may have: one row per field, for labels and documents alike.
import { bool, byDefault, int64, lines, list, oneOf, text } from './leaf.ts'
import { about, musterOnly, notYet, pending } from './marks.ts'
import { enabled, optional, records, struct, unsupported } from './schema.ts'
import { cookieText } from './texts.ts'

/** Traefik keeps the priorities above for its own routers. */
const reservedPriorities = 1000n

const noTracing = 'tracing is not supported yet'

export const udpRouterFields = {
  entryPoints: about('where it listens; not given: the entrypoints with `asDefault`, or all but `traefik`', list()),
  service: about("where it leads; not given: the container's only service", text()),
} as const

export const ruledFields = {
  rule: about('which requests; not given: `providers.docker.defaultRule`', lines()),
  entryPoints: udpRouterFields.entryPoints,
  middlewares: about('what a request passes before the service, outermost first', list()),
  service: udpRouterFields.service,
  priority: about(
    'the higher is tried first; 0 or not given: the length of the rule in bytes',
    int64({ reserved: reservedPriorities }),
  ),
  ruleSyntax: about(
    'the syntax of the rule; not given: `core.defaultRuleSyntax`. Deprecated in Traefik',
    oneOf(['v3', 'v2', 'default']),
  ),
} as const

export const tlsFields = {
  options: about('name of the TLS options', text()),
  certResolver: about('who gets the certificate', text()),
  domains: records(
    struct({
      main: about('a name the certificate is for; not given: those of the rule', text()),
      sans: about('further names', byDefault([], list())),
    }),
  ),
} as const

/** Two routers may show one service under two paths, each with a cookie that the other's pages are not sent. */
const stickyScope = optional({
  cookie: optional({
    path: about("the paths the sticky cookie is sent for; not given: the service's", cookieText()),
    domain: about("the domain it is sent to; not given: the service's", cookieText()),
  }),
})

export const routerFields = {
  ...ruledFields,
  tls: about('the router takes requests that came over TLS, and only those', pending(enabled(tlsFields))),
  observability: optional({
    accessLogs: about('write its requests to the access log', bool()),
    metrics: about('count its requests', bool()),
    tracing: about('trace its requests', notYet(noTracing, bool())),
    traceVerbosity: about('how much of them', notYet(noTracing, oneOf(['minimal', 'detailed']))),
  }),
  sticky: musterOnly(stickyScope),
} as const

export const labelRouter = struct({
  ...routerFields,
  parentRefs: unsupported('parent routers are not read from labels, as in Traefik'),
})
