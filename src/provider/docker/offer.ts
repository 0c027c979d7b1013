// What one container asks for, before others are asked: its labels, completed with everything that goes without saying.
import { decodeLabels } from '../../labels/decode-labels.ts'
import type { DecodedLabels, RouterLabels } from '../../labels/decode-labels.ts'
import type { Origin } from '../../model/declaration.ts'
import type { MiddlewareConfig, RouterConfig } from '../../model/dynamic-config.ts'
import type { Problem } from '../../model/problem.ts'
import { isLabelled } from './asked.ts'
import type { Asked, OfferOptions } from './asked.ts'
import type { Container } from './container.ts'
import { renderRule } from './default-rule.ts'
import type { Claim } from './election.ts'
import { allowedHosts } from './host-policy.ts'
import { implicitName, labelRoot } from './names.ts'
import { ownerOf } from './precedence.ts'
import { offerServices } from './service-offer.ts'
import type { ServiceOffer } from './service-offer.ts'
import { missingService, offerStreams } from './stream-offer.ts'
import type { StreamOffer } from './stream-offer.ts'

export interface Offer {
  readonly container: Container
  readonly routers: readonly Claim<RouterOffer>[]
  readonly services: readonly Claim<ServiceOffer>[]
  readonly middlewares: readonly Claim<{ readonly config: MiddlewareConfig }>[]
  readonly tcp: StreamOffer | undefined
  readonly udp: StreamOffer | undefined
  readonly problems: readonly Problem[]
}

export interface RouterOffer {
  readonly config: RouterConfig
  readonly origin: Origin
}

/**
 * Undefined when the container asks for nothing: not selected, not enabled, or a one-off of `compose run`. One that does
 * not run keeps its routers and services, so that they answer 503 and not 404, but gives no member.
 */
export function offerOf(container: Container, options: OfferOptions): Offer | undefined {
  if (container.compose?.oneOff === true || !options.selects(container.labels)) return undefined
  const decoded = decodeLabels(container.labels)
  const place = { provider: 'docker', source: container.name }
  const problems: Problem[] = decoded.problems.map((problem) => ({ ...problem, ...place }))
  if (!(decoded.enable ?? options.exposedByDefault)) return declined(container, problems)
  if (isUnasked(container, decoded, options)) return undefined
  const asked: Asked = {
    container,
    decoded,
    options,
    report: (object, finding) => problems.push({ ...finding, ...place, object }),
  }
  const services = offerServices(asked)
  return {
    container,
    routers: offerRouters(asked, [...services.keys()]),
    services: [...services].map(([name, offered]) => ({ name, container, offered })),
    middlewares: [...decoded.middlewares].map(([name, config]) => ({ name, container, offered: { config } })),
    tcp: offerStreams(asked, 'tcp'),
    udp: offerStreams(asked, 'udp'),
    problems,
  }
}

/** Left out because its enable label cannot be read, a container still says so. */
function declined(container: Container, problems: readonly Problem[]): Offer | undefined {
  const reasons = problems.filter(({ field }) => field === undefined || /\.enable$/i.test(field))
  if (reasons.length === 0) return undefined
  const nothing = { routers: [], services: [], middlewares: [], tcp: undefined, udp: undefined }
  return { container, ...nothing, problems: reasons }
}

/**
 * Exposed by nothing but the default: Muster itself, which would forward to itself, and what is left of a `docker run`,
 * which nobody expects to answer. A compose service may be about to be recreated and keeps its route.
 */
function isUnasked({ id, running, compose }: Container, decoded: DecodedLabels, { ownId }: OfferOptions): boolean {
  const speaksStreams = decoded.tcp !== undefined || decoded.udp !== undefined
  if (isLabelled(decoded) || decoded.middlewares.size > 0 || speaksStreams) return false
  return id === ownId || (!running && compose === undefined && decoded.allowNonRunning !== true)
}

function offerRouters(asked: Asked, services: readonly string[]): readonly Claim<RouterOffer>[] {
  const { container, decoded } = asked
  const implicit = decoded.routers.size === 0 && services.length === 1
  const labelled = implicit ? new Map<string, RouterLabels>([[implicitName(container), {}]]) : decoded.routers
  const rights = rightsOf(asked)
  return [...labelled].flatMap(([name, labels]) => {
    const config = routerOf(asked, name, labels, services)
    if (config === undefined) return []
    const field = `${labelRoot(container)}.http.routers.${name}`
    return { name, container, offered: { config, origin: { source: container.name, field, ...rights } } }
  })
}

/** What the routers of a container may do, for whoever links them. */
function rightsOf({ container, options }: Asked): Pick<Origin, 'owner' | 'allowedHosts' | 'mayUseInternal'> {
  const { ownId, ownProject, allowInternalServices, hostPolicy } = options
  const isOurs = container.id === ownId || (ownProject !== undefined && container.compose?.project === ownProject)
  const hosts = allowedHosts(container, hostPolicy)
  return {
    owner: ownerOf(container),
    ...(hosts !== undefined && { allowedHosts: hosts }),
    ...(!isOurs && !allowInternalServices && { mayUseInternal: false }),
  }
}

function routerOf(
  asked: Asked,
  name: string,
  labels: RouterLabels,
  services: readonly string[],
): RouterConfig | undefined {
  const { report } = asked
  const object = { kind: 'router', name } as const
  const service = labels.service ?? (services.length === 1 ? services[0] : undefined)
  if (service === undefined) {
    report(object, missingService(asked, `http.routers.${name}`, services))
    return undefined
  }
  const rule = labels.rule || defaultRule(asked, object)
  if (rule === undefined) return undefined
  const { entryPoints, middlewares = [], priority, ruleSyntax, tls, observability, stickyCookie } = labels
  return {
    rule,
    entryPoints,
    middlewares,
    service,
    priority,
    ...(ruleSyntax !== undefined && { ruleSyntax }),
    ...(tls !== undefined && { tls }),
    ...(observability !== undefined && { observability }),
    ...(stickyCookie !== undefined && { stickyCookie }),
  }
}

function defaultRule({ container, options, report }: Asked, object: Problem['object']): string | undefined {
  const { name: containerName, labels } = container
  const rendered = renderRule(options.defaultRule, { name: implicitName(container), containerName, labels })
  if ('rule' in rendered) return rendered.rule
  report(object, { severity: 'error', field: undefined, reason: rendered.reason, hint: 'give the router a rule' })
  return undefined
}
