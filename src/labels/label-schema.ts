// Everything a container's labels may say below their root.
import { bool, text } from './leaf.ts'
import { middleware } from './middleware-schema.ts'
import { routerFields } from './router-schema.ts'
import { objects, struct, unsupported } from './schema.ts'
import { labelService } from './service-schema.ts'

export const labelSchema = struct({
  enable: bool(),
  docker: struct({
    network: text(),
    /** Changes nothing: a container that does not run keeps its routers in any case. */
    allowNonRunning: bool(),
    lbSwarm: unsupported('Swarm is not supported yet', { mayBeOff: true }),
  }),
  http: struct({
    routers: objects('router', struct(routerFields)),
    services: objects('service', labelService),
    middlewares: objects('middleware', middleware),
    serversTransports: unsupported('servers transports are not supported yet'),
  }),
  tcp: unsupported('TCP is not supported yet'),
  udp: unsupported('UDP is not supported yet'),
  tls: unsupported('TLS is not supported yet'),
  swarm: unsupported('Swarm is not supported yet'),
})
