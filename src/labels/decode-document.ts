// A parsed YAML or TOML document in Traefik's file format → configuration.
import type { MiddlewareConfig, RouterConfig, StreamConfig } from '../model/dynamic-config.ts'
import type { MemberConfig, ServiceConfig } from '../model/service-config.ts'
import { memberFaults } from '../model/member-faults.ts'
import { memberOptions, serviceOptions } from './balancer-config.ts'
import type { LoadBalancer } from './balancer-config.ts'
import { middlewareConfigs, routerOptions } from './configs.ts'
import { decode } from './decode.ts'
import { documentSchema } from './document-schema.ts'
import type { documentRouter } from './document-schema.ts'
import { documentTree } from './document-tree.ts'
import { problemOf } from './finding.ts'
import type { Finding, LabelProblem, Report } from './finding.ts'
import type { Infer } from './schema.ts'
import { streamConfig } from './stream-schema.ts'

export interface DecodedDocument {
  readonly routers: ReadonlyMap<string, RouterConfig>
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
  /** Undefined: nothing was said of TCP. */
  readonly tcp: StreamConfig | undefined
  readonly udp: StreamConfig | undefined
  readonly problems: readonly LabelProblem[]
}

/**
 * Takes what a YAML or TOML parser returns (an empty file: undefined or null). Pure; never throws. A router without rule
 * or service is left out, as is a server without a usable URL; everything else lives.
 */
export function decodeDocument(document: unknown): DecodedDocument {
  const problems: LabelProblem[] = []
  const report = (finding: Finding): void => {
    problems.push(problemOf(finding))
  }
  const tree = documentTree(document, report)
  const { http, tcp, udp } = decode(documentSchema, tree, report)
  const routers = [...http.routers].flatMap(([name, router]) => {
    const config = routerConfig(router)
    return config === undefined ? [] : [[name, config] as const]
  })
  const services = [...http.services].flatMap(([name, service]) =>
    service.kind === 'loadBalancer' ? [[name, serviceConfig(name, service, report)] as const] : [],
  )
  return {
    routers: new Map(routers),
    services: new Map(services),
    middlewares: middlewareConfigs(http.middlewares, problems),
    tcp: tree.children.has('tcp') ? streamConfig(tcp) : undefined,
    udp: tree.children.has('udp') ? streamConfig(udp) : undefined,
    problems,
  }
}

function routerConfig(router: Infer<typeof documentRouter>): RouterConfig | undefined {
  const { rule, service, entryPoints, middlewares = [] } = router
  if (rule === undefined || service === undefined) return undefined
  return { rule, service, entryPoints, middlewares, ...routerOptions(router) }
}

function serviceConfig(name: string, service: LoadBalancer, report: Report): ServiceConfig {
  const { servers, kind: _, ...balancer } = service
  const members = new Map<string, MemberConfig>()
  for (const { url, weight, ...server } of servers) {
    if (url === undefined || weight === 0) continue
    const { text, scheme, host, port } = url
    if (members.has(text)) report(listedTwice(name, text))
    else {
      const place = { id: text, scheme, host, port, weight, slot: text, container: undefined }
      members.set(text, { ...place, ...memberOptions(server) })
    }
  }
  const listed = [...members.values()]
  for (const fault of memberFaults(listed)) report({ ...faultIn(name), ...fault })
  const options = serviceOptions(
    balancer,
    servers.some(({ preservePath }) => preservePath),
  )
  return { members: listed, ...options }
}

function listedTwice(name: string, url: string): Finding {
  return { ...faultIn(name), reason: `"${url}" is listed twice`, hint: undefined }
}

/** Where a fault of a service's servers is told. */
function faultIn(name: string): Omit<Finding, 'reason' | 'hint'> {
  const field = `http.services.${name}.loadBalancer.servers`
  return { what: 'value', severity: 'warning', field, object: { kind: 'service', name } }
}
