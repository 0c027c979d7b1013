// What a router may have: one row per field, for labels and documents alike.
import { int64, list, oneOf, text } from './leaf.ts'
import { unsupported } from './schema.ts'

/** Traefik keeps the priorities above for its own routers. */
const reservedPriorities = 1000n

export const routerFields = {
  rule: text(),
  entryPoints: list(),
  middlewares: list(),
  service: text(),
  priority: int64({ reserved: reservedPriorities }),
  ruleSyntax: oneOf(['v3', 'default'], { notYet: ['v2'] }),
  tls: unsupported('TLS is not supported yet', { mayBeOff: true }),
  observability: unsupported('observability options of a router are not supported yet'),
  parentRefs: unsupported('parent routers are not supported yet'),
} as const
