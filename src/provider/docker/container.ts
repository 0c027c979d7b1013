// One container as Muster sees it: the engine's inspect JSON, reduced. What is not copied here is forgotten at once;
// above all the environment, which is full of secrets.
import type { ContainerRef } from '../../model/service-config.ts'
import { routeLengthMax } from '../../model/route-of-slot.ts'
import { isContainerId, record, text } from './json.ts'
import { stopSignal } from './stop-signal.ts'

export interface Container {
  readonly id: string
  /** Without the engine's leading slash. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Of the image it was made from. */
  readonly imageId: string
  /** A process is there (perhaps frozen). Not so while created, restarting, exited or dead. */
  readonly running: boolean
  readonly paused: boolean
  /** `none` also while it does not run. */
  readonly health: ContainerRef['health']
  /** Exposed ports, TCP before others, lowest first. */
  readonly ports: readonly number[]
  /** Ports the engine publishes on a particular address of the host, by the container's port. */
  readonly bindings: ReadonlyMap<number, Binding>
  /** By the network's real name; only those it has an address on now. */
  readonly networks: ReadonlyMap<string, NetworkAddress>
  /** The names of all its networks, also while it does not run. */
  readonly attachedTo: readonly string[]
  /** What it is called on its networks: compose services, aliases. */
  readonly aliases: readonly string[]
  /** `default`, `host`, `none`, `container:<id>` or a network's name. */
  readonly networkMode: string
  /** What it calls itself; undefined where that is the host's name, or no route could be. */
  readonly hostname: string | undefined
  readonly stopSignal: number
  /** From the stop signal to KILL, milliseconds. */
  readonly stopTimeoutMs: number
  /** Undefined for a container that was not made by compose. */
  readonly compose: ComposeIdentity | undefined
}

/** Empty text: none of that family. */
export interface NetworkAddress {
  readonly ipv4: string
  readonly ipv6: string
}

/** Where on the host a port is published. */
export interface Binding {
  readonly ip: string
  readonly port: number
}

export interface ComposeIdentity {
  readonly project: string
  readonly service: string
  readonly number: number
  /** The same for all containers made from one state of the compose file; undefined when the label is missing. */
  readonly configHash: string | undefined
  /** Made by `compose run`: not a replica. */
  readonly oneOff: boolean
}

/** Docker's default between the stop signal and KILL. */
const stopTimeoutDefaultMs = 10_000

/** Reads `GET /containers/{id}/json`; undefined when it is not the JSON of a container. */
export function readContainer(json: unknown): Container | undefined {
  const inspected = record(json)
  const { Id: id, Name: name, Created: created } = inspected
  if (!isContainerId(id)) return undefined
  const config = record(inspected['Config'])
  const state = record(inspected['State'])
  const status = text(state['Status'])
  const running = status === 'running' || status === 'paused'
  const labels = readLabels(config['Labels'])
  const settings = record(inspected['NetworkSettings'])
  const host = record(inspected['HostConfig'])
  return {
    id,
    name: text(name).replace(/^\//, ''),
    labels,
    createdAt: Date.parse(text(created)) || 0,
    imageId: text(inspected['Image']),
    running,
    paused: status === 'paused',
    health: running ? readHealth(text(record(state['Health'])['Status'])) : 'none',
    ports: readPorts(settings['Ports'], config['ExposedPorts']),
    bindings: readBindings(settings['Ports']),
    networks: readNetworks(settings['Networks']),
    attachedTo: Object.keys(record(settings['Networks'])).sort(),
    aliases: readAliases(settings['Networks']),
    networkMode: text(host['NetworkMode']),
    hostname: readHostname(text(config['Hostname']), host),
    stopSignal: stopSignal(text(config['StopSignal'])),
    stopTimeoutMs: readStopTimeoutMs(config['StopTimeout']),
    compose: readCompose(labels),
  }
}

function readStopTimeoutMs(seconds: unknown): number {
  if (typeof seconds !== 'number') return stopTimeoutDefaultMs
  // Negative: the engine waits for ever.
  return seconds < 0 ? Infinity : seconds * 1000
}

/** Sessions may name a replica by it, so it has to be its own and look like a route. */
function readHostname(hostname: string, host: Readonly<Record<string, unknown>>): string | undefined {
  const isHosts = host['NetworkMode'] === 'host' || host['UTSMode'] === 'host'
  return !isHosts && hostname.length <= routeLengthMax && /^[0-9A-Za-z_.-]+$/.test(hostname) ? hostname : undefined
}

function readLabels(json: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(json)).map(([name, value]) => [name, text(value)]))
}

function readHealth(status: string): ContainerRef['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none'
}

/**
 * Keys like `80/tcp`. NetworkSettings.Ports is empty for a stopped container and for one in host mode, so the ports
 * of the image and the command line are read as well.
 */
function readPorts(...sources: readonly unknown[]): readonly number[] {
  const keys = new Set(sources.flatMap((source) => Object.keys(record(source))))
  const ports = [...keys].map((key) => {
    const [port, protocol = 'tcp'] = key.split('/')
    return { port: Number(port), tcp: protocol === 'tcp' }
  })
  const ordered = ports
    .filter(({ port }) => port > 0 && port < 65_536)
    .sort((a, b) => Number(b.tcp) - Number(a.tcp) || a.port - b.port)
  return [...new Set(ordered.map(({ port }) => port))]
}

/**
 * Keys like `80/tcp` with lists of bindings. All addresses at once is no address to reach a port at; of several the
 * first counts, as in Traefik.
 */
function readBindings(json: unknown): ReadonlyMap<number, Binding> {
  const bindings = new Map<number, Binding>()
  // TCP after others: it wins.
  const keys = Object.entries(record(json)).sort(([a], [b]) => Number(a.endsWith('/tcp')) - Number(b.endsWith('/tcp')))
  for (const [key, list] of keys) {
    const read = (Array.isArray(list) ? list : []).map((binding) => {
      const { HostIp: ip, HostPort: port } = record(binding)
      return { ip: text(ip), port: Number(text(port)) }
    })
    const found = read.find(({ ip, port }) => !everyAddress.has(ip) && port > 0 && port < 65_536)
    if (found !== undefined) bindings.set(Number(key.split('/')[0]), found)
  }
  return bindings
}

const everyAddress: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** Engines before 25 list aliases, later ones the names their DNS answers to as well. */
function readAliases(json: unknown): readonly string[] {
  const names = Object.values(record(json)).flatMap((network) => {
    const { Aliases: aliases, DNSNames: dnsNames } = record(network)
    return [aliases, dnsNames].flatMap((list) => (Array.isArray(list) ? list.map(text) : []))
  })
  return [...new Set(names)].filter((name) => name !== '').sort()
}

function readNetworks(json: unknown): ReadonlyMap<string, NetworkAddress> {
  const networks = Object.entries(record(json)).map(([name, value]) => {
    const { IPAddress: ipv4, GlobalIPv6Address: ipv6 } = record(value)
    return [name, { ipv4: text(ipv4), ipv6: text(ipv6) }] as const
  })
  const attached = networks.filter(([, { ipv4, ipv6 }]) => ipv4 !== '' || ipv6 !== '')
  return new Map(attached.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function readCompose(labels: Readonly<Record<string, string>>): ComposeIdentity | undefined {
  const project = labels['com.docker.compose.project']
  const service = labels['com.docker.compose.service']
  if (!project || !service) return undefined
  return {
    project,
    service,
    number: Number(labels['com.docker.compose.container-number']) || 1,
    configHash: labels['com.docker.compose.config-hash'],
    oneOff: labels['com.docker.compose.oneoff']?.toLowerCase() === 'true',
  }
}
