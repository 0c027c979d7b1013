// Everything a document in Traefik's file format may say.
import { lines, required, text } from './leaf.ts'
import { middleware } from './middleware-schema.ts'
import { routerFields } from './router-schema.ts'
import { objects, struct, unsupported } from './schema.ts'
import { documentService } from './service-schema.ts'
import { documentTcp, documentUdp } from './stream-schema.ts'
import { documentTls } from './tls-schema.ts'
import { serversTransports, tcpServersTransports } from './transport-schema.ts'

export const documentRouter = struct({
  ...routerFields,
  rule: required(lines()),
  service: required(text()),
  parentRefs: unsupported('parent routers are not supported yet'),
})

export const documentSchema = struct({
  http: struct({
    routers: objects('router', documentRouter),
    services: objects('service', documentService),
    middlewares: objects('middleware', middleware),
    serversTransports,
  }),
  tcp: struct({ ...documentTcp.fields, serversTransports: tcpServersTransports }),
  udp: documentUdp,
  tls: documentTls,
})
