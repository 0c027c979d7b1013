// One container's labels → what they declare. The container itself (address, health, default names) is the provider's.
import type { MiddlewareConfig, StickyCookieConfig } from '../model/dynamic-config.ts'
import { decode } from './decode.ts'
import { problemOf } from './finding.ts'
import type { Finding, LabelProblem } from './finding.ts'
import { labelSchema } from './label-schema.ts'
import { readLabels } from './read-labels.ts'
import type { Infer } from './schema.ts'
import type { labelService } from './service-schema.ts'

export interface DecodedLabels {
  /** Undefined: the provider's exposedByDefault decides. False also when the label is there but cannot be read. */
  readonly enable: boolean | undefined
  /** `docker.network`: the network whose address is used. */
  readonly network: string | undefined
  readonly routers: ReadonlyMap<string, RouterLabels>
  readonly services: ReadonlyMap<string, ServiceLabels>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
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
}

export interface ServiceLabels {
  readonly port: number | undefined
  readonly scheme: 'http' | 'https'
  /** Share of the requests; 0: none, so the container is not a member. */
  readonly weight: number
  readonly passHostHeader: boolean
  readonly stickyCookie: StickyCookieConfig | undefined
}

/** Pure; never throws. Problems come in a fixed order: labels that cannot be read, then by place in the grammar. */
export function decodeLabels(labels: Readonly<Record<string, string>>): DecodedLabels {
  const problems: LabelProblem[] = []
  const report = (finding: Finding): void => {
    problems.push(problemOf(finding))
  }
  const tree = readLabels(labels, labelSchema, report)
  if (tree === undefined) return { ...nothing, enable: false, problems }
  const { enable, docker, http } = decode(labelSchema, tree, report)
  // A container whose wish cannot be read is not shown to the world; Traefik leaves it out as well.
  const unreadable = enable === undefined && tree.children.has('enable')
  return {
    enable: unreadable ? false : enable,
    network: docker.network,
    routers: mapValues(http.routers, routerLabels),
    services: mapValues(http.services, serviceLabels),
    middlewares: http.middlewares,
    problems,
  }
}

const nothing = {
  network: undefined,
  routers: new Map<string, never>(),
  services: new Map<string, never>(),
  middlewares: new Map<string, never>(),
} as const

type Labels = Infer<typeof labelSchema>['http']
type Entry<M> = M extends ReadonlyMap<string, infer V> ? V : never

function routerLabels({ rule, entryPoints, middlewares, service, priority }: Entry<Labels['routers']>): RouterLabels {
  return { rule, entryPoints, middlewares, service, priority: priority === 0n ? undefined : priority }
}

function serviceLabels({
  server,
  passHostHeader,
  sticky,
}: Exclude<Infer<typeof labelService>, undefined>): ServiceLabels {
  const { port, scheme, weight } = server
  return { port, scheme, weight, passHostHeader, stickyCookie: sticky?.cookie }
}

function mapValues<V, W>(map: ReadonlyMap<string, V>, change: (value: V) => W): ReadonlyMap<string, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
