// A compose project on the fake engine: its containers, each with addresses of its own on this machine, where something
// answers on the ports its labels and its image speak of.
import { containersOf } from '../../src/cli/compose/containers.ts'
import type { ComposeProject, ComposeService } from '../../src/cli/compose/project.ts'
import type { Container } from '../../src/provider/docker/container.ts'
import type { FakeContainer, FakeEngine } from '../support/fake-engine.ts'
import type { Expectations } from './expectations.ts'

/** What images expose, which no compose file says. */
const exposedByImages: Readonly<Record<string, readonly string[]>> = {
  'traefik/whoami': ['80/tcp'],
  'containous/whoami': ['80/tcp'],
  nginx: ['80/tcp'],
  httpd: ['80/tcp'],
  caddy: ['80/tcp', '443/tcp', '443/udp', '2019/tcp'],
  wordpress: ['80/tcp'],
  nextcloud: ['80/tcp'],
  'gitea/gitea': ['22/tcp', '3000/tcp'],
  'grafana/grafana': ['3000/tcp'],
  'prom/prometheus': ['9090/tcp'],
  'portainer/portainer-ce': ['8000/tcp', '9000/tcp', '9443/tcp'],
  'vaultwarden/server': ['80/tcp'],
  'jellyfin/jellyfin': ['8096/tcp'],
  ghost: ['2368/tcp'],
  tomcat: ['8080/tcp'],
  postgres: ['5432/tcp'],
  mariadb: ['3306/tcp'],
  redis: ['6379/tcp'],
  adminer: ['8080/tcp'],
  'pihole/pihole': ['53/tcp', '53/udp', '67/udp', '80/tcp'],
  traefik: ['80/tcp'],
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** Who answers there. */
  readonly service: string
  readonly container: string
  readonly network: string
}

export interface Started {
  readonly listeners: readonly Listener[]
  /** The engine's ids by the names of the services. */
  readonly ids: ReadonlyMap<string, string>
  readonly containers: number
}

/** By network. */
type Addresses = Readonly<Record<string, string>>

interface Lot {
  readonly engine: FakeEngine
  /** The number of the file: its addresses begin with `127.N.`. */
  readonly net: number
  readonly expectations: Expectations
  /** How many containers other projects have already. */
  readonly before: number
}

/** Where the ports of the host are. */
export function hostAddress(net: number): string {
  return `127.${net}.254.1`
}

export function startContainers(project: ComposeProject, lot: Lot): Started {
  const services = new Map(project.services.map((service) => [service.name, service]))
  const networkNames = [...new Set(containersOf(project).flatMap(({ attachedTo }) => attachedTo))]
  const ids = new Map<string, string>()
  const realIds = new Map<string, string>()
  const listeners: Listener[] = []
  const addresses = new Map<string, Addresses>()
  // Whose network is shared must be there first.
  const containers = containersOf(project).toSorted((a, b) => Number(isJoining(a)) - Number(isJoining(b)))
  for (const [index, container] of containers.entries()) {
    const service = services.get(container.compose?.service ?? '')
    if (service === undefined) continue
    const number = lot.before + index + 2
    const networks: Addresses = Object.fromEntries(
      container.attachedTo.map((name) => [name, `127.${lot.net}.${networkNumber(name, networkNames)}.${number}`]),
    )
    const exposed = portsOf(service)
    const spec: FakeContainer = {
      name: container.name,
      labels: container.labels,
      exposed,
      published: publishedBy(service),
      networks,
      networkMode: realMode(container.networkMode, realIds),
      ...healthOf(lot.expectations, service.name),
    }
    const id = lot.engine.add(spec)
    if (lot.expectations.stopped?.includes(service.name) === true) lot.engine.die(id)
    else
      listeners.push(
        ...listenersOf(container, service, { ...lot, networks: joined(container, networks, addresses), exposed }),
      )
    realIds.set(container.id, id)
    for (const key of [container.id, container.name]) addresses.set(key, networks)
    if (!ids.has(service.name)) ids.set(service.name, id)
  }
  return { listeners, ids, containers: containers.length }
}

function isJoining({ networkMode }: Container): boolean {
  return networkMode.startsWith('container:')
}

function realMode(mode: string, realIds: ReadonlyMap<string, string>): string {
  const reference = /^container:(.*)$/.exec(mode)?.[1]
  return reference === undefined ? mode : `container:${realIds.get(reference) ?? reference}`
}

/** The same for a network that several projects share. */
function networkNumber(name: string, names: readonly string[]): number {
  const shared = ['proxy', 'edge', 'web', 'traefik'].indexOf(name)
  return shared === -1 ? 10 + names.indexOf(name) : 1 + shared
}

function healthOf({ health = {} }: Expectations, service: string): Pick<FakeContainer, 'health'> {
  const known = health[service]
  return known === undefined ? {} : { health: known }
}

function portsOf({ image = '', expose, ports }: ComposeService): readonly string[] {
  const base = image.replace(/^docker\.io\/(library\/)?/, '').replace(/[:@].*$/, '')
  const named = [...expose, ...ports].map(({ port, protocol }) => `${port}/${protocol}`)
  return [...new Set([...(exposedByImages[base] ?? []), ...named])]
}

function publishedBy({ ports }: ComposeService): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ports.flatMap(({ port, protocol, host }) =>
      host === undefined ? [] : [[`${port}/${protocol}`, `${host.ip || '0.0.0.0'}:${host.port || '49153'}`]],
    ),
  )
}

function listenersOf(
  { name: container, labels, networkMode }: Container,
  service: ComposeService,
  lot: Lot & { readonly networks: Addresses; readonly exposed: readonly string[] },
): readonly Listener[] {
  if (isProxy(service)) return []
  const { net, networks, exposed, expectations } = lot
  const ports = expectations.listens?.[service.name] ?? [...labelledPorts(labels), ...tcpPorts(exposed)]
  const places = networkMode === 'host' ? { host: hostAddress(net), loopback: '127.0.0.1' } : networks
  const inside = Object.entries(places).flatMap(([network, host]) =>
    [...new Set(ports)].map((port) => ({ host, port, service: service.name, container, network })),
  )
  const published = service.ports.flatMap(({ protocol, host }) =>
    protocol === 'tcp' && host?.ip.startsWith('127.') === true
      ? [{ host: host.ip, port: Number(host.port), service: service.name, container, network: 'published' }]
      : [],
  )
  return [...inside, ...published]
}

export function isProxy({ image = '' }: ComposeService): boolean {
  return /^(.*\/)?(traefik|muster)(:.*)?$/.test(image)
}

function labelledPorts(labels: Readonly<Record<string, string>>): readonly number[] {
  return Object.entries(labels).flatMap(([label, value]) => {
    if (/\.http\.services\..*\.server\.port$/i.test(label)) return Number(value) > 0 ? [Number(value)] : []
    const port = /\.server\.url$/i.test(label) ? URL.parse(value)?.port : undefined
    return port === undefined || port === '' ? [] : [Number(port)]
  })
}

function tcpPorts(exposed: readonly string[]): readonly number[] {
  return exposed.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10))
}

/** What shares the network of another container answers at that one's addresses. */
function joined({ networkMode }: Container, own: Addresses, others: ReadonlyMap<string, Addresses>): Addresses {
  return others.get(/^container:(.*)$/.exec(networkMode)?.[1] ?? '') ?? own
}
