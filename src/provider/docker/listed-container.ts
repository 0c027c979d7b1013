// One entry of the engine's list of containers, and whether it says the same as what is known from inspections. So one
// cheap call tells which few of a thousand containers are worth a look.
import type { Container } from './container.ts'
import { isContainerId, record, text } from './json.ts'

/** Only what can change in the life of a container, labels never do. */
export interface ListedContainer {
  readonly id: string
  /** Its own name and those that links give it, with the engine's leading slash. */
  readonly names: readonly string[]
  readonly running: boolean
  readonly paused: boolean
  /** Undefined: the list does not say, as of a paused container. */
  readonly health: Container['health'] | undefined
  /** Addresses by network, as `10.0.0.1 fd00::1`; only those it has an address on. */
  readonly networks: ReadonlyMap<string, string>
  /** Where its ports are published, as text that is the same as long as they are. */
  readonly published: string
}

/** Reads an item of `GET /containers/json`; undefined when it is not one. */
export function readListed(json: unknown): ListedContainer | undefined {
  const { Id: id, Names: names, State: state, Status: status, Ports: ports, NetworkSettings: settings } = record(json)
  if (!isContainerId(id)) return undefined
  const networks = Object.entries(record(record(settings)['Networks'])).map(([name, value]) => {
    const { IPAddress: ipv4, GlobalIPv6Address: ipv6 } = record(value)
    return [name, `${text(ipv4)} ${text(ipv6)}`] as const
  })
  return {
    id,
    names: Array.isArray(names) ? names.map(text) : [],
    running: state === 'running' || state === 'paused',
    paused: state === 'paused',
    health: readHealth(text(status)),
    networks: new Map(networks.filter(([, addresses]) => addresses !== ' ')),
    published: Array.isArray(ports) ? ports.map(publishedPort).toSorted().join(' ') : '',
  }
}

/** Whether an inspection would only repeat what is known. */
export function agrees(listed: ListedContainer, known: Container): boolean {
  const { running, paused, health, networks } = known
  if (!listed.names.includes(`/${known.name}`)) return false
  if (listed.running !== running) return false
  // What else the list has of a container that does not run are remains of when it did.
  if (!running) return true
  return (
    listed.paused === paused &&
    (listed.health ?? health) === health &&
    listed.networks.size === networks.size &&
    [...networks].every(([name, { ipv4, ipv6 }]) => listed.networks.get(name) === `${ipv4} ${ipv6}`)
  )
}

/** `Up 5 minutes (healthy)`; `Up 5 minutes (Paused)` hides it. */
function readHealth(status: string): Container['health'] | undefined {
  if (!status.startsWith('Up ') || status.endsWith('(Paused)')) return undefined
  const [, health] = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status) ?? []
  return (health as Container['health'] | undefined) ?? 'none'
}

function publishedPort(json: unknown): string {
  const { IP: address, PublicPort: outer, PrivatePort: inner, Type: type } = record(json)
  return JSON.stringify([address, outer, inner, type])
}
