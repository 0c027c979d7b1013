// The options of the providers: a row for each that Traefik has.
import { bool, byDefault, duration, list, text } from '../labels/leaf.ts'
import { enabled, ignored, records, struct, unsupported } from '../labels/schema.ts'
import type { Inert } from '../labels/schema.ts'
import { endpoint } from './option-leaf.ts'
import { removed } from './removed-options.ts'

/** A burst of starts costs one update, and nobody waits for the first of them. Traefik's 2 s are for changes of any kind. */
const throttleMs = 100

const lists = byDefault([], list())

const docker = enabled({
  endpoint: byDefault('', endpoint()),
  exposedByDefault: byDefault(true, bool()),
  defaultRule: byDefault('Host(`{{ normalize .Name }}`)', text()),
  network: text(),
  watch: byDefault(true, bool()),
  constraints: text(),
  useBindPortIP: byDefault(false, bool()),
  username: text(),
  password: text(),
  tls: struct({
    ca: text(),
    cert: text(),
    key: text(),
    insecureSkipVerify: bool(),
    caOptional: removed('whether clients need a certificate is for the engine to say'),
  }),
  httpClientTimeout: byDefault(0, duration()),
  allowEmptyServices: ignored('a service without members answers 503 always'),
  /** Muster only. */
  allowInternalServices: byDefault(false, bool()),
  allowForeignAddresses: byDefault(false, bool()),
  hostPolicy: records(struct({ projects: lists, networks: lists, labels: lists, hosts: lists })),
  swarmMode: removed('use providers.swarm, which is not supported yet', { mayBeOff: true }),
  swarmModeRefreshSeconds: removed('use providers.swarm, which is not supported yet'),
})

export const providers = struct({
  docker,
  file: enabled({
    filename: text(),
    directory: text(),
    watch: byDefault(true, bool()),
    debugLogGeneratedTemplate: ignored('files are not templates'),
  }),
  providersThrottleDuration: byDefault(throttleMs, duration()),
  precedence: ignored('ties between routers are decided by their names'),

  swarm: unsupported('Swarm is not supported yet', { mayBeOff: true }),
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
  marathon: removed('Muster does not have it either'),
  rancher: removed('Muster does not have it either'),
})

function notHere(provider: string): Inert {
  return unsupported(`Muster does not have the ${provider} provider`, { mayBeOff: true })
}
