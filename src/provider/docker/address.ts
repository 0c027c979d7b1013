// At which address a container is reached, when it may have several. Never by chance: the same containers always give
// the same choice.
import { decodeLabels } from '../../labels/decode-labels.ts'
import type { Container } from './container.ts'
import type { Finding } from './port.ts'

/** What an address depends on besides its container. */
export interface Surroundings {
  /** The provider's `network` option. */
  readonly network: string | undefined
  /** Networks Muster is on; empty: the host's. */
  readonly ownNetworks: readonly string[]
  /** What the host is called from inside Muster's container. */
  readonly hostName: string | undefined
  /** The container of that id or name. */
  readonly find: (reference: string) => Container | undefined
}

export interface Address {
  /** IP address or host name; undefined when the container cannot be reached. */
  readonly host: string | undefined
  readonly findings: readonly Finding[]
}

const joinedMode = 'container:'

/** The id or name of the container whose network this one shares. */
export function joinedReference({ networkMode }: Container): string | undefined {
  return networkMode.startsWith(joinedMode) ? networkMode.slice(joinedMode.length) : undefined
}

/**
 * In order: the container's network label, the provider's network, a network Muster is on, the first by name.
 * @param labelled the value of the container's network label
 */
export function addressOf(container: Container, labelled: string | undefined, surroundings: Surroundings): Address {
  const reference = joinedReference(container)
  if (reference === undefined) return ownAddress(container, labelled, surroundings)
  const joined = surroundings.find(reference)
  if (joined === undefined || joinedReference(joined) !== undefined) {
    const reason = `shares the network of container "${shortId(reference)}", which is not there`
    return unreachable(reason, 'recreate it, so that it joins the one that is there now')
  }
  return ownAddress(joined, decodeLabels(joined.labels).network ?? labelled, surroundings)
}

function ownAddress(container: Container, labelled: string | undefined, surroundings: Surroundings): Address {
  const { network, ownNetworks, hostName } = surroundings
  if (container.networkMode === 'host') {
    if (ownNetworks.length === 0) return { host: '127.0.0.1', findings: [] }
    return { host: hostName ?? 'host.docker.internal', findings: hostName === undefined ? [unknownHost] : [] }
  }
  const hosts = new Map([...container.networks].map(([name, { ipv4, ipv6 }]) => [name, ipv4 === '' ? ipv6 : ipv4]))
  const names = [...hosts.keys()]
  if (names.length === 0) return unreachable('has no address: it is attached to no network', 'attach it to a network')

  const wanted = labelled ?? network
  const shared = names.find((name) => ownNetworks.includes(name))
  if (wanted !== undefined && hosts.has(wanted)) {
    const within = ownNetworks.length === 0 || ownNetworks.includes(wanted)
    return { host: hosts.get(wanted), findings: within ? [] : [elsewhere(wanted, shared)] }
  }
  const findings = wanted !== undefined ? [notAttached(wanted, names)] : []
  if (wanted === undefined && shared === undefined && ownNetworks.length > 0) findings.push(apart(names, ownNetworks))
  return { host: hosts.get(shared ?? names[0] ?? ''), findings }
}

const unknownHost: Finding = {
  severity: 'warning',
  field: undefined,
  reason:
    'is on the network of the host, which has no name in the container of Muster: host.docker.internal is not known',
  hint: 'give Muster extra_hosts: ["host.docker.internal:host-gateway"]',
}

function unreachable(reason: string, hint: string | undefined): Address {
  return { host: undefined, findings: [{ severity: 'error', field: undefined, reason, hint }] }
}

function notAttached(wanted: string, names: readonly string[]): Finding {
  // Compose puts the project before the names in its file.
  const meant = names.find((name) => name.endsWith(`_${wanted}`))
  return {
    severity: 'warning',
    field: undefined,
    reason: `is not attached to the network "${wanted}", only to ${quoted(names)}`,
    hint: meant === undefined ? undefined : `did you mean "${meant}"?`,
  }
}

/** Bridges are closed to each other: such an address is most likely never reached. */
function elsewhere(wanted: string, shared: string | undefined): Finding {
  return {
    severity: 'warning',
    field: undefined,
    reason: `is reached on the network "${wanted}", which Muster is not on`,
    hint: shared === undefined ? 'attach Muster to it' : `both are on "${shared}"`,
  }
}

function apart(names: readonly string[], ownNetworks: readonly string[]): Finding {
  return {
    severity: 'warning',
    field: undefined,
    reason: `shares no network with Muster: it is on ${quoted(names)}, Muster on ${quoted(ownNetworks)}`,
    hint: `attach both to one network`,
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function shortId(reference: string): string {
  return reference.slice(0, 12)
}
