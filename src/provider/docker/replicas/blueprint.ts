// One replica's inspection → another replica like it: what compose itself would have asked the engine for. Pure. What is of
// one container alone (its short id, its addresses, its anonymous volumes) is left for the engine to make anew.
import { record, text } from '../json.ts'

type Json = Readonly<Record<string, unknown>>

/** Holds the environment, which is full of secrets: never shown, only sent back to the engine it came from. */
export interface Blueprint {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly service: string
  /** As it was asked for, and what that was then. The tag may have moved since. */
  readonly image: string
  readonly imageId: string
  readonly config: Json
  readonly host: Json
  readonly networks: Json
}

/** What `POST /containers/create` takes, and the networks to connect before the start: the engine takes one at a time. */
export interface ReplicaOrder {
  readonly name: string
  readonly body: Json
  readonly others: readonly { readonly network: string; readonly endpoint: Json }[]
}

const prefix = 'com.docker.compose.'
/** How the engine names volumes that nobody gave a name. */
const anonymous = /^[0-9a-f]{64}$/

/** Reads `GET /containers/{id}/json`. */
export function readBlueprint(id: string, json: unknown): Blueprint {
  const { Name: name, Image: imageId, Config: config, HostConfig: host, NetworkSettings: settings } = record(json)
  const labels = record(record(config)['Labels'])
  return {
    id,
    name: text(name).replace(/^\//, ''),
    project: text(labels[`${prefix}project`]),
    service: text(labels[`${prefix}service`]),
    image: text(record(config)['Image']),
    imageId: text(imageId),
    config: record(config),
    host: record(host),
    networks: record(record(settings)['Networks']),
  }
}

/** `_` as Compose 1 separates, or `-` as Compose 2 does; undefined: the name is somebody's own (container_name). */
export function separatorOf({ name, project, service }: Blueprint): '-' | '_' | undefined {
  for (const separator of ['-', '_'] as const) {
    const start = `${project}${separator}${service}${separator}`
    if (name.startsWith(start) && /^\d+$/.test(name.slice(start.length))) return separator
  }
  return undefined
}

/** @param image what to make it from: the image as it was asked for, unless that name means another one by now */
export function orderOf(blueprint: Blueprint, number: number, image: string): ReplicaOrder {
  const { project, service, host, networks } = blueprint
  const name = [project, service, number].join(separatorOf(blueprint) ?? '-')
  const mode = text(host['NetworkMode'])
  const endpoints = Object.entries(networks).map(([network, endpoint]) => ({
    network,
    id: text(record(endpoint)['NetworkID']),
    endpoint: endpointOf(record(endpoint), blueprint, name),
  }))
  const main = endpoints.find(({ network, id }) => network === mode || id === mode)
  const isUsual = ['default', 'bridge', 'host', 'none'].includes(mode) || mode.startsWith('container:')
  return {
    name,
    body: {
      ...configOf(blueprint, number),
      Image: image,
      HostConfig: hostOf(host),
      ...(main !== undefined &&
        !isUsual && { NetworkingConfig: { EndpointsConfig: { [main.network]: main.endpoint } } }),
    },
    others: endpoints.filter(({ network }) => network !== main?.network && !(isUsual && isMode(network, mode))),
  }
}

function isMode(network: string, mode: string): boolean {
  return network === mode || (mode === 'default' && network === 'bridge')
}

function configOf({ id, config, host }: Blueprint, number: number): Json {
  const { Hostname: hostname, Domainname: domain, ExposedPorts: exposed, Labels: labels, ...rest } = config
  const mode = text(host['NetworkMode'])
  const isShared = mode.startsWith('container:')
  // Where it has the name of the host or of another container, it may not be given one.
  const isNamed = !isShared && mode !== 'host' && host['UTSMode'] !== 'host'
  const { [`${prefix}replace`]: _, ...kept } = record(labels)
  return {
    ...rest,
    ...(isNamed && hostname !== id.slice(0, 12) && { Hostname: hostname }),
    ...(isNamed && { Domainname: domain }),
    ...(!isShared && { ExposedPorts: exposed }),
    Volumes: { ...record(config['Volumes']), ...anonymousOf(host) },
    Labels: { ...kept, [`${prefix}container-number`]: String(number) },
  }
}

/** Compose gives a container that it recreates the anonymous volumes of its predecessor, by their names. */
function anonymousOf({ Binds: binds }: Json): Json {
  return Object.fromEntries(
    list(binds)
      .map((bind) => text(bind).split(':'))
      .flatMap(([source = '', target = '']) => (anonymous.test(source) ? [[target, {}]] : [])),
  )
}

function hostOf(host: Json): Json {
  const { Binds: binds, Mounts: mounts, Links: links, ContainerIDFile: _, ...rest } = host
  return {
    ...rest,
    Binds: list(binds).filter((bind) => !anonymous.test(text(bind).split(':')[0] ?? '')),
    ...(Array.isArray(mounts) && { Mounts: mounts.map(freshMount) }),
    // `/db:/web/alias` is how the engine tells what it was asked for as `db:alias`.
    Links: list(links).map((link) => text(link).replace(/^\/([^:]+):.*\/([^/]+)$/, '$1:$2')),
  }
}

function freshMount(mount: unknown): Json {
  const { Source: source, ...rest } = record(mount)
  const isAnonymous = rest['Type'] === 'volume' && anonymous.test(text(source))
  return isAnonymous || source === undefined ? rest : { ...rest, Source: source }
}

function endpointOf(endpoint: Json, { id, name: before }: Blueprint, name: string): Json {
  const { Aliases: aliases, Links: links, DriverOpts: driverOptions, GwPriority: priority } = endpoint
  const own = list(aliases).filter((alias) => alias !== id.slice(0, 12))
  return {
    Aliases: own.map((alias) => (alias === before ? name : alias)),
    Links: links ?? null,
    DriverOpts: driverOptions ?? null,
    ...(priority !== undefined && { GwPriority: priority }),
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
