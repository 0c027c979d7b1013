// How long Muster takes to make everything anew out of a thousand containers: the steps of an update, called one after the other
// as app.ts joins them. A running Muster says no more than how long an update took since its cause.
import { Cluster } from '../../../src/cluster/cluster.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { createMerger } from '../../../src/model/merge.ts'
import type { Container } from '../../../src/provider/docker/container.ts'
import { createDeclarer } from '../../../src/provider/docker/declare.ts'
import { holdDefaults } from '../../../src/settings/limits.ts'
import { createLinker } from '../../../src/snapshot/link.ts'
import { Serving } from '../../../src/threads/serving.ts'
import { createWhatsNew } from '../../../src/threads/whats-new.ts'
import { onTheHost, plainOptions, replica } from '../../unit/provider/docker/containers.ts'

/** Of one rebuild, milliseconds of processor time: what else this machine does is not counted. */
export interface Rebuild {
  /** Labels and addresses of all containers become one declaration, and that one configuration. */
  readonly declareMs: number
  /** Members, rules, references and chains: the next snapshot. */
  readonly linkMs: number
  /** What a data-plane thread does with it. */
  readonly compileMs: number
}

const times = 21
const entryPoint = 'http'

/** The first is that of a program that has just started. */
export function measureRebuilds(services: number): readonly Rebuild[] {
  const containers = Array.from({ length: services }, (_, index) => labelled(index + 1))
  const ledger = new Ledger()
  // Members are there, whatever is made anew around them.
  using cluster = new Cluster(ledger, () => undefined)
  const rebuilds: Rebuild[] = []
  for (let time = 0; time < times; time++) rebuilds.push(rebuild(containers, ledger, cluster))
  return rebuilds
}

function rebuild(containers: readonly Container[], ledger: Ledger, cluster: Cluster): Rebuild {
  const began = usedMs()
  const declaration = createDeclarer(plainOptions)(containers, onTheHost)
  const config = createMerger()({ ...declaration, cause: { what: 'list', at: 0 } })
  const declared = usedMs()
  cluster.sync(config)
  const { plan } = createLinker({
    entryPoints: new Map([[entryPoint, { middlewares: [], tls: false }]]),
    defaultEntryPoints: [entryPoint],
    internalServices: [],
    defaultRuleSyntax: 'v3',
  })(config, 1)
  const publication = createWhatsNew(ledger)({ version: 1, plan })
  const linked = usedMs()
  using serving = new Serving({
    column: 0,
    secret: 'secret',
    entryPoints: [entryPoint],
    hold: holdDefaults,
    forward: () => Promise.reject(new Error('nobody asks anything')),
    tell: () => undefined,
    internalServices: new Map(),
    onFailure(error) {
      throw error
    },
  })
  serving.publish(publication)
  return {
    declareMs: declared - began,
    linkMs: linked - declared,
    compileMs: usedMs() - linked,
  }
}

function usedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** As the crowd's are, but that nobody is dialled: it waits for its engine's word. */
function labelled(number: number): Container {
  const name = `storm-${number}`
  return replica(`project-${number % 100}`, name, 1, {
    health: 'starting',
    labels: {
      [`traefik.http.routers.${name}.rule`]: `Host(\`${name}.example.com\`) && PathPrefix(\`/api\`)`,
      [`traefik.http.routers.${name}.middlewares`]: `${name}-strip`,
      [`traefik.http.middlewares.${name}-strip.stripprefix.prefixes`]: '/api',
      [`traefik.http.services.${name}.loadbalancer.server.port`]: '80',
    },
  })
}
