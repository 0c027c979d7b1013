// The options of the providers: a row for each that Traefik has.
import { bool, byDefault, text } from '../labels/leaf.ts'
import { enabled, ignored, struct, unsupported } from '../labels/schema.ts'
import type { Inert } from '../labels/schema.ts'
import { endpoint } from './option-leaf.ts'

export const providers = struct({
  docker: enabled({
    endpoint: byDefault('unix:///var/run/docker.sock', endpoint()),
    exposedByDefault: byDefault(true, bool()),
    defaultRule: byDefault('Host(`{{ normalize .Name }}`)', text()),
    network: text(),
    watch: byDefault(true, bool()),
    constraints: unsupported('constraints are not supported yet'),
    useBindPortIP: unsupported('useBindPortIP is not supported yet', { mayBeOff: true }),
    username: unsupported('a user name for the Docker endpoint is not supported yet'),
    password: unsupported('a password for the Docker endpoint is not supported yet'),
    tls: unsupported('TLS to the Docker endpoint is not supported yet'),
    httpClientTimeout: unsupported('httpClientTimeout is not supported yet', { mayBeOff: true }),
    swarmMode: unsupported('Swarm is not supported yet', { mayBeOff: true }),
    allowEmptyServices: ignored('a service without members answers 503 always'),
  }),
  file: enabled({
    filename: text(),
    directory: text(),
    watch: byDefault(true, bool()),
    debugLogGeneratedTemplate: ignored('files are not templates'),
  }),
  providersThrottleDuration: ignored('changes are applied at once'),
  precedence: ignored('ties between routers are decided by their names'),

  swarm: notHere('swarm'),
  kubernetesIngress: notHere('kubernetesIngress'),
  kubernetesIngressNGINX: notHere('kubernetesIngressNGINX'),
  kubernetesCRD: notHere('kubernetesCRD'),
  kubernetesGateway: notHere('kubernetesGateway'),
  knative: notHere('knative'),
  consulCatalog: notHere('consulCatalog'),
  consul: notHere('consul'),
  nomad: notHere('nomad'),
  ecs: notHere('ecs'),
  etcd: notHere('etcd'),
  zooKeeper: notHere('zooKeeper'),
  redis: notHere('redis'),
  http: notHere('http'),
  rest: notHere('rest'),
  plugin: notHere('plugin'),
})

function notHere(provider: string): Inert {
  return unsupported(`Muster does not have the ${provider} provider`, { mayBeOff: true })
}
