// A parsed YAML or TOML document in Traefik's file format → configuration.
import type { MemberConfig, MiddlewareConfig, RouterConfig, ServiceConfig } from '../model/dynamic-config.ts'
import { decode } from './decode.ts'
import { documentTree } from './document-tree.ts'
import { problemOf } from './finding.ts'
import type { Finding, LabelProblem, Report } from './finding.ts'
import { required, text } from './leaf.ts'
import { middleware } from './middleware-schema.ts'
import { routerFields } from './router-schema.ts'
import { objects, struct, unsupported } from './schema.ts'
import type { Infer } from './schema.ts'
import { documentService } from './service-schema.ts'

const documentRouter = struct({ ...routerFields, rule: required(text()), service: required(text()) })

export const documentSchema = struct({
  http: struct({
    routers: objects('router', documentRouter),
    services: objects('service', documentService),
    middlewares: objects('middleware', middleware),
    serversTransports: unsupported('servers transports are not supported yet'),
  }),
  tcp: unsupported('TCP is not supported yet'),
  udp: unsupported('UDP is not supported yet'),
  tls: unsupported('TLS is not supported yet'),
})

export interface DecodedDocument {
  readonly routers: ReadonlyMap<string, RouterConfig>
  readonly services: ReadonlyMap<string, ServiceConfig>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
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
  const { http } = decode(documentSchema, documentTree(document, report), report)
  const routers = [...http.routers].flatMap(([name, router]) => {
    const config = routerConfig(router)
    return config === undefined ? [] : [[name, config] as const]
  })
  const services = [...http.services].map(([name, service]) => [name, serviceConfig(name, service, report)] as const)
  return { routers: new Map(routers), services: new Map(services), middlewares: http.middlewares, problems }
}

function routerConfig(router: Infer<typeof documentRouter>): RouterConfig | undefined {
  const { rule, service, entryPoints, middlewares = [], priority } = router
  if (rule === undefined || service === undefined) return undefined
  return { rule, service, entryPoints, middlewares, priority: priority === 0n ? undefined : priority }
}

type LoadBalancer = Exclude<Infer<typeof documentService>, undefined>

function serviceConfig(name: string, service: LoadBalancer, report: Report): ServiceConfig {
  const members = new Map<string, MemberConfig>()
  for (const { url, weight } of service.servers) {
    if (url === undefined || weight === 0) continue
    const { text, scheme, host, port } = url
    if (members.has(text)) report(listedTwice(name, text))
    else members.set(text, { id: text, scheme, host, port, weight, slot: text, container: undefined })
  }
  const { passHostHeader, sticky } = service
  return { members: [...members.values()], passHostHeader, stickyCookie: sticky?.cookie }
}

function listedTwice(name: string, url: string): Finding {
  const field = `http.services.${name}.loadBalancer.servers`
  const object = { kind: 'service', name } as const
  return { what: 'value', severity: 'warning', field, object, reason: `"${url}" is listed twice`, hint: undefined }
}
