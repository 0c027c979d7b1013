// One container's labels → what they declare. The container itself (address, health, default names) is the provider's.
import type {
  MiddlewareConfig,
  ObservabilityConfig,
  RouterTlsConfig,
  RuleSyntax,
  StreamConfig,
} from '../model/dynamic-config.ts'
import type { CookieScope } from '../model/service-config.ts'
import { memberOptions, serviceOptions } from './balancer-config.ts'
import type { MemberOptions, ServiceOptions } from './balancer-config.ts'
import { middlewareConfigs, routerOptions } from './configs.ts'
import { decode } from './decode.ts'
import { problemOf } from './finding.ts'
import type { Finding, LabelProblem, Report } from './finding.ts'
import { labelSchema } from './label-schema.ts'
import { mapValues } from './map-values.ts'
import { readLabels } from './read-labels.ts'
import type { labelRouter } from './router-schema.ts'
import type { Infer } from './schema.ts'
import type { ServerUrl } from './server-url.ts'
import type { labelService } from './service-schema.ts'
import { streamConfig } from './stream-schema.ts'
import type { Tree } from './tree.ts'

export interface DecodedLabels {
  /** Undefined: the provider's exposedByDefault decides. False also when the label is there but cannot be read. */
  readonly enable: boolean | undefined
  /** `docker.network`: the network whose address is used. */
  readonly network: string | undefined
  /** `docker.allowNonRunning`: Traefik's wish to keep the routers of a container that does not run. */
  readonly allowNonRunning: boolean | undefined
  readonly routers: ReadonlyMap<string, RouterLabels>
  readonly services: ReadonlyMap<string, ServiceLabels>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
  /** Undefined: nothing was said of TCP. */
  readonly tcp: StreamConfig | undefined
  readonly udp: StreamConfig | undefined
  readonly problems: readonly LabelProblem[]
}

/** What is undefined was not given; the provider adds the default rule and the service. */
export interface RouterLabels {
  readonly rule?: string | undefined
  readonly entryPoints?: readonly string[] | undefined
  readonly middlewares?: readonly string[] | undefined
  readonly service?: string | undefined
  /** Never 0: to Traefik that is the default. */
  readonly priority?: bigint | undefined
  readonly ruleSyntax?: RuleSyntax | undefined
  readonly tls?: RouterTlsConfig | undefined
  readonly observability?: ObservabilityConfig | undefined
  readonly stickyCookie?: CookieScope | undefined
}

/** What the container is as a member, and what the service as a whole is told. */
export interface ServiceLabels extends MemberOptions, ServiceOptions {
  readonly port: number | undefined
  readonly scheme: 'http' | 'https'
  /** Share of the requests; 0: none, so the container is not a member. */
  readonly weight: number
  /** `server.url`: another member than the container itself. Never together with a port or scheme of its own. */
  readonly url: ServerUrl | undefined
}

/** Pure; never throws. Problems come in a fixed order: labels that cannot be read, then by place in the grammar. */
export function decodeLabels(labels: Readonly<Record<string, string>>): DecodedLabels {
  const problems: LabelProblem[] = []
  const report = (finding: Finding): void => {
    problems.push(problemOf(finding))
  }
  const tree = readLabels(labels, labelSchema, report)
  if (tree === undefined) return { ...nothing, enable: false, problems }
  const { enable, docker, http, tcp, udp } = decode(labelSchema, tree, report)
  // A container whose wish cannot be read is not shown to the world; Traefik leaves it out as well.
  const unreadable = enable === undefined && tree.children.has('enable')
  return {
    enable: unreadable ? false : enable,
    network: docker.network,
    allowNonRunning: docker.allowNonRunning,
    routers: mapValues(http.routers, routerLabels),
    services: new Map([...http.services].map(([name, service]) => [name, serviceLabels(name, service, tree, report)])),
    middlewares: middlewareConfigs(http.middlewares, problems),
    tcp: tree.children.has('tcp') ? streamConfig(tcp) : undefined,
    udp: tree.children.has('udp') ? streamConfig(udp) : undefined,
    problems,
  }
}

const nothing = {
  network: undefined,
  allowNonRunning: undefined,
  routers: new Map<string, never>(),
  services: new Map<string, never>(),
  middlewares: new Map<string, never>(),
  tcp: undefined,
  udp: undefined,
} as const

function routerLabels(router: Infer<typeof labelRouter>): RouterLabels {
  const { rule, entryPoints, middlewares, service } = router
  return { rule, entryPoints, middlewares, service, ...routerOptions(router) }
}

function serviceLabels(
  name: string,
  service: Exclude<Infer<typeof labelService>, undefined>,
  tree: Tree,
  report: Report,
): ServiceLabels {
  const { server, kind: _, ...balancer } = service
  const { port, scheme, weight, preservePath } = server
  const written = serverTree(tree, name)
  const ambiguous = server.url !== undefined && (written?.has('port') === true || written?.has('scheme') === true)
  if (ambiguous) report(twoServers(name, written?.get('url')?.field))
  return {
    port,
    scheme,
    weight,
    url: ambiguous ? undefined : server.url,
    ...memberOptions(server),
    ...serviceOptions(balancer, preservePath),
  }
}

function serverTree(tree: Tree, service: string): Tree['children'] | undefined {
  const path = ['http', 'services', service.toLowerCase(), 'loadbalancer', 'server']
  return path.reduce<Tree | undefined>((place, name) => place?.children.get(name), tree)?.children
}

function twoServers(name: string, field: string | undefined): Finding {
  const reason = 'server.url stands beside server.port or server.scheme, and is not used'
  const hint = 'leave out one of them'
  return { what: 'value', severity: 'error', field, object: { kind: 'service', name }, reason, hint }
}
