// A parsed YAML or TOML document in Traefik's file format → configuration.
import type {
  MemberConfig,
  MiddlewareConfig,
  RouterConfig,
  ServiceConfig,
  StreamConfig,
} from '../model/dynamic-config.ts'
import { middlewareConfigs, pendingOptions, routerOptions } from './configs.ts'
import { decode } from './decode.ts'
import { documentSchema } from './document-schema.ts'
import type { documentRouter } from './document-schema.ts'
import { documentTree } from './document-tree.ts'
import { problemOf } from './finding.ts'
import type { Finding, LabelProblem, Report } from './finding.ts'
import { given } from './map-values.ts'
import type { Infer } from './schema.ts'
import type { documentService } from './service-schema.ts'
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

type LoadBalancer = Extract<Infer<typeof documentService>, { kind: 'loadBalancer' }>

function serviceConfig(name: string, service: LoadBalancer, report: Report): ServiceConfig {
  const members = new Map<string, MemberConfig>()
  for (const { url, weight } of service.servers) {
    if (url === undefined || weight === 0) continue
    const { text, scheme, host, port } = url
    if (members.has(text)) report(listedTwice(name, text))
    else members.set(text, { id: text, scheme, host, port, weight, slot: text, container: undefined })
  }
  const { passHostHeader, sticky, servers } = service
  const pending = pendingOptions(
    service,
    servers.some(({ preservePath }) => preservePath),
  )
  return { members: [...members.values()], passHostHeader, stickyCookie: sticky?.cookie, ...given({ pending }) }
}

function listedTwice(name: string, url: string): Finding {
  const field = `http.services.${name}.loadBalancer.servers`
  const object = { kind: 'service', name } as const
  return { what: 'value', severity: 'warning', field, object, reason: `"${url}" is listed twice`, hint: undefined }
}
