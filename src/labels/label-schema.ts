// Everything a container's labels may say below their root.
import { bool, text } from './leaf.ts'
import { about, notYet } from './marks.ts'
import { middleware } from './middleware-schema.ts'
import { labelRouter } from './router-schema.ts'
import { objects, optional, struct, unsupported } from './schema.ts'
import { labelService } from './service-schema.ts'
import { labelTcp, labelUdp } from './stream-schema.ts'
import { labelTls } from './tls-schema.ts'

const noSwarm = 'Swarm is not supported yet'

export const labelSchema = struct({
  enable: about(
    'whether Muster looks at this container at all; not given: `providers.docker.exposedByDefault` decides',
    bool(),
  ),
  docker: struct({
    network: about('the network whose address is used, by its full name (compose puts `project_` before it)', text()),
    allowNonRunning: about('keep the routers of a container that does not run; not given: they are kept', bool()),
    lbSwarm: unsupported(noSwarm, { mayBeOff: true }),
  }),
  http: struct({
    routers: objects('router', labelRouter),
    services: objects('service', labelService),
    middlewares: objects('middleware', middleware),
    serversTransports: unsupported('servers transports are not read from labels, as in Traefik'),
  }),
  tcp: labelTcp,
  udp: labelUdp,
  tls: labelTls,
  swarm: notYet(
    noSwarm,
    optional({
      network: about('the network whose address is used', text()),
      lbSwarm: about('leave the choice of the replica to Swarm', bool()),
    }),
  ),
})
