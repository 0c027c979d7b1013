// The services of one container, and the member it is to each of them.
import type { ServiceOptions } from '../../labels/balancer-config.ts'
import type { ServiceLabels } from '../../labels/decode-labels.ts'
import type { MemberConfig } from '../../model/service-config.ts'
import { isStandby } from '../../model/member-faults.ts'
import { addressOf } from './address.ts'
import { wantsMember } from './asked.ts'
import type { Asked } from './asked.ts'
import type { Container } from './container.ts'
import { implicitName, labelRoot, slotOf } from './names.ts'
import { generationOf } from './precedence.ts'
import { portOf } from './port.ts'
import type { Finding } from './port.ts'

export interface ServiceOffer {
  /** What replicas have to agree on. */
  readonly config: ServiceOptions
  /** A hot standby, whether or not it is a member just now. */
  readonly standby: boolean
  /** Undefined while the container does not run, or cannot be reached. */
  readonly member: MemberConfig | undefined
}

/** What a container says of itself as a member. */
type OwnLabels = Omit<ServiceLabels, keyof ServiceOptions>
type Target = Pick<MemberConfig, 'scheme' | 'host' | 'port'>

const plainService: ServiceLabels = {
  port: undefined,
  scheme: 'http',
  weight: 1,
  url: undefined,
  passHostHeader: true,
  stickyCookie: undefined,
}

/** The labelled services; without any an implicit one, unless the container speaks TCP or UDP alone. */
export function offerServices(asked: Asked): ReadonlyMap<string, ServiceOffer> {
  const { container, decoded } = asked
  const implicit = decoded.services.size === 0 && !speaksOnlyOfStreams(asked)
  const labelled = implicit ? new Map([[implicitName(container), plainService]]) : decoded.services
  const address = once(() => findAddress(asked))
  return new Map(
    [...labelled].map(([name, labels]) => {
      const { port, scheme, weight, url, route, parameters, ...config } = labels
      const own = { port, scheme, weight, url, route, parameters }
      return [name, { config, standby: isStandby(own), member: memberOf(asked, name, own, address) }]
    }),
  )
}

/** Labels for TCP or UDP alone mean that no HTTP is spoken there. */
function speaksOnlyOfStreams({ decoded: { tcp, udp, routers, middlewares } }: Asked): boolean {
  return (tcp !== undefined || udp !== undefined) && routers.size === 0 && middlewares.size === 0
}

function findAddress({ container, decoded, options, report }: Asked): string | undefined {
  const { host, findings } = addressOf(container, decoded.network, options)
  for (const finding of findings) if (wantsMember(decoded)) report(undefined, finding)
  return host
}

function memberOf(
  asked: Asked,
  service: string,
  labels: OwnLabels,
  address: () => string | undefined,
): MemberConfig | undefined {
  const { container } = asked
  if (!container.running) return undefined
  const target =
    labels.url === undefined
      ? ownTarget(asked, service, labels, address)
      : urlTarget(asked, service, labels.url, address)
  if (target === undefined || labels.weight === 0) return undefined
  const { id, name, hostname, health, paused } = container
  const network = networkOf(container, target.host)
  const { weight, route, parameters } = labels
  return {
    id: `${id}:${target.port}`,
    ...target,
    weight,
    slot: slotOf(container),
    container: {
      id,
      name,
      health,
      paused,
      ...(network !== undefined && { network }),
      generation: { id: generationOf(container), at: container.createdAt },
    },
    ...(route !== undefined && { route }),
    ...(hostname !== undefined && { hostname }),
    ...(parameters !== undefined && { parameters }),
  }
}

/** The network of its own on which it has that address. */
function networkOf({ networks }: Container, host: string): string | undefined {
  for (const [name, { ipv4, ipv6 }] of networks) if (host === ipv4 || host === ipv6) return name
  return undefined
}

function ownTarget(
  { container, decoded, options, report }: Asked,
  service: string,
  { port: labelled, scheme }: OwnLabels,
  address: () => string | undefined,
): Target | undefined {
  const { port, finding } = portOf(container, service, labelled)
  if (finding !== undefined) {
    report({ kind: 'service', name: service }, wantsMember(decoded) ? finding : { ...finding, severity: 'warning' })
  }
  if (port === undefined) {
    // What else is wrong is said at once, not after the port was named.
    address()
    return undefined
  }
  const binding = options.useBindPortIP ? container.bindings.get(port) : undefined
  if (binding !== undefined) return { scheme, host: binding.ip, port: binding.port }
  const host = address()
  return host === undefined ? undefined : { scheme, host, port }
}

/**
 * A URL that names the container itself leads to it. Any other one would make Muster ask on behalf of whoever wrote the
 * label: the metadata service of a cloud, the host's loopback, another project's port.
 */
function urlTarget(
  { container, options, report }: Asked,
  service: string,
  { text, scheme, host, port }: NonNullable<OwnLabels['url']>,
  address: () => string | undefined,
): Target | undefined {
  if (options.allowForeignAddresses) return { scheme, host, port }
  const addresses = [...container.networks.values()].flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6])
  if (addresses.includes(host)) return { scheme, host, port }
  const own = address()
  // Not by the name: in Muster's networks it may be another container's.
  const { name, id, compose, aliases } = container
  const names = [own, name, id.slice(0, 12), compose?.service, ...aliases].map((known) => known?.toLowerCase())
  if (own !== undefined && names.includes(host)) return { scheme, host: own, port }
  report({ kind: 'service', name: service }, foreign(text, `${labelRoot(container)}.http.services.${service}`))
  return undefined
}

function foreign(url: string, field: string): Finding {
  return {
    severity: 'error',
    field: `${field}.loadbalancer.server.url`,
    reason: `${JSON.stringify(url)} is not an address of this container`,
    hint: 'name its port with server.port, declare the service in a file, or set providers.docker.allowForeignAddresses',
  }
}

/** The value of the first call. */
function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | undefined
  return () => (answer ??= { value: ask() }).value
}
