// What one container asks for, before others are asked: its labels, completed with everything that goes without saying.
import { decodeLabels } from '../../labels/decode-labels.ts'
import type { DecodedLabels, RouterLabels, ServiceLabels } from '../../labels/decode-labels.ts'
import type { MemberConfig, MiddlewareConfig, RouterConfig, ServiceConfig } from '../../model/dynamic-config.ts'
import type { Problem } from '../../model/problem.ts'
import { addressOf } from './address.ts'
import type { Surroundings } from './address.ts'
import type { Container } from './container.ts'
import { renderRule } from './default-rule.ts'
import { implicitName, labelRoot, slotOf } from './names.ts'
import { portOf } from './port.ts'
import type { Finding } from './port.ts'

export interface Offer {
  readonly container: Container
  readonly routers: ReadonlyMap<string, RouterConfig>
  readonly services: ReadonlyMap<string, ServiceOffer>
  readonly middlewares: ReadonlyMap<string, MiddlewareConfig>
  readonly problems: readonly Problem[]
}

export interface ServiceOffer {
  /** What replicas have to agree on. */
  readonly config: Omit<ServiceConfig, 'members'>
  /** Undefined while the container does not run, or cannot be reached. */
  readonly member: MemberConfig | undefined
}

export interface OfferOptions extends Surroundings {
  readonly exposedByDefault: boolean
  readonly defaultRule: string
  /** Muster's own container, if it is in one. */
  readonly ownId: string | undefined
}

/** One container on its way through this file. */
interface Asked {
  readonly container: Container
  readonly decoded: DecodedLabels
  readonly options: OfferOptions
  readonly report: (object: Problem['object'], finding: Finding) => void
}

const plainService: ServiceLabels = {
  port: undefined,
  scheme: 'http',
  weight: 1,
  passHostHeader: true,
  stickyCookie: undefined,
}

/**
 * Undefined when the container asks for nothing: not enabled, or a one-off of `compose run`. One that does not run
 * keeps its routers and services, so that they answer 503 and not 404, but gives no member.
 */
export function offerOf(container: Container, options: OfferOptions): Offer | undefined {
  if (container.compose?.oneOff === true) return undefined
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
  const routers = offerRouters(asked, [...services.keys()])
  return { container, routers, services, middlewares: decoded.middlewares, problems }
}

/** Left out because its enable label cannot be read, a container still says so. */
function declined(container: Container, problems: readonly Problem[]): Offer | undefined {
  const reasons = problems.filter(({ field }) => field === undefined || /\.enable$/i.test(field))
  if (reasons.length === 0) return undefined
  return { container, routers: new Map(), services: new Map(), middlewares: new Map(), problems: reasons }
}

/**
 * Exposed by nothing but the default: Muster itself, which would forward to itself, and what is left of a `docker run`,
 * which nobody expects to answer. A compose service may be about to be recreated and keeps its route.
 */
function isUnasked({ id, running, compose }: Container, decoded: DecodedLabels, { ownId }: OfferOptions): boolean {
  if (isWanted(decoded) || decoded.middlewares.size > 0) return false
  return id === ownId || (!running && compose === undefined)
}

function offerServices(asked: Asked): ReadonlyMap<string, ServiceOffer> {
  const { container, decoded } = asked
  const implicit = decoded.services.size === 0 && !speaksOnlyOfStreams(asked)
  const labelled = implicit ? new Map([[implicitName(container), plainService]]) : decoded.services
  if (labelled.size === 0) return new Map()
  const host = container.running ? findHost(asked) : undefined
  return new Map(
    [...labelled].map(([name, labels]) => {
      const { passHostHeader, stickyCookie } = labels
      return [name, { config: { passHostHeader, stickyCookie }, member: memberOf(asked, name, labels, host) }]
    }),
  )
}

function findHost({ container, decoded, options, report }: Asked): string | undefined {
  const { host, findings } = addressOf(container, decoded.network, options)
  for (const finding of findings) if (isWanted(decoded)) report(undefined, finding)
  return host
}

function memberOf(
  asked: Asked,
  service: string,
  labels: ServiceLabels,
  host: string | undefined,
): MemberConfig | undefined {
  const { container, decoded, report } = asked
  if (!container.running) return undefined
  const { port, finding } = portOf(container, service, labels.port)
  if (finding !== undefined) {
    report({ kind: 'service', name: service }, isWanted(decoded) ? finding : { ...finding, severity: 'warning' })
  }
  if (port === undefined || host === undefined || labels.weight === 0) return undefined
  const { id, name, health, paused } = container
  return {
    id: `${id}:${port}`,
    scheme: labels.scheme,
    host,
    port,
    weight: labels.weight,
    slot: slotOf(container),
    container: { id, name, health, paused },
  }
}

function offerRouters(asked: Asked, services: readonly string[]): ReadonlyMap<string, RouterConfig> {
  const { container, decoded } = asked
  const implicit = decoded.routers.size === 0 && services.length === 1
  const labelled = implicit ? new Map<string, RouterLabels>([[implicitName(container), {}]]) : decoded.routers
  const routers = [...labelled].map(([name, labels]) => [name, routerOf(asked, name, labels, services)] as const)
  return new Map(routers.filter((entry): entry is [string, RouterConfig] => entry[1] !== undefined))
}

function routerOf(
  asked: Asked,
  name: string,
  labels: RouterLabels,
  services: readonly string[],
): RouterConfig | undefined {
  const { container, report } = asked
  const object = { kind: 'router', name } as const
  const service = labels.service ?? (services.length === 1 ? services[0] : undefined)
  if (service === undefined) {
    const names = services.map((known) => `"${known}"`).join(', ')
    const reason = names === '' ? 'has no service to send to' : `names no service, and there are several: ${names}`
    const hint = `add the label ${labelRoot(container)}.http.routers.${name}.service=…`
    report(object, { severity: 'error', field: undefined, reason, hint })
    return undefined
  }
  const rule = labels.rule || defaultRule(asked, object)
  if (rule === undefined) return undefined
  const { entryPoints, middlewares = [], priority } = labels
  return { rule, entryPoints, middlewares, service, priority }
}

function defaultRule({ container, options, report }: Asked, object: Problem['object']): string | undefined {
  const { name: containerName, labels } = container
  const rendered = renderRule(options.defaultRule, { name: implicitName(container), containerName, labels })
  if ('rule' in rendered) return rendered.rule
  report(object, { severity: 'error', field: undefined, reason: rendered.reason, hint: 'give the router a rule' })
  return undefined
}

/** Labels for TCP or UDP alone mean that no HTTP is spoken there. */
function speaksOnlyOfStreams({ container, decoded }: Asked): boolean {
  const { routers, middlewares } = decoded
  const streams = Object.keys(container.labels).some((label) => /^(?:muster|traefik)\.(?:tcp|udp)\./i.test(label))
  return streams && routers.size === 0 && middlewares.size === 0
}

/** Somebody labelled it, so they want to know what is missing; a database exposed by default needs no port. */
function isWanted({ enable, routers, services }: DecodedLabels): boolean {
  return enable === true || routers.size > 0 || services.size > 0
}
