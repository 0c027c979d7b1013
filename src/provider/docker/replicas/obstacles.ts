// Why there cannot be another replica like this one: what only one container can have. Pure.
import { record, text } from '../json.ts'
import { separatorOf } from './blueprint.ts'
import type { Blueprint } from './blueprint.ts'

/** Each a whole clause, with the way out. @param wanted how many there would be in all */
export function obstacles(blueprint: Blueprint, wanted: number): readonly string[] {
  return [
    ...nameObstacle(blueprint),
    ...portObstacles(blueprint, wanted),
    ...addressObstacles(blueprint),
    ...sharedNetworkObstacle(blueprint),
  ]
}

function nameObstacle(blueprint: Blueprint): readonly string[] {
  if (separatorOf(blueprint) !== undefined) return []
  return [
    `its container is called "${blueprint.name}", and only one can be; take container_name out of the compose file`,
  ]
}

function portObstacles({ host }: Blueprint, wanted: number): readonly string[] {
  return Object.entries(record(host['PortBindings'])).flatMap(([key, bindings]) => {
    const fixed = (Array.isArray(bindings) ? bindings : [])
      .map((binding) => text(record(binding)['HostPort']))
      .find((port) => roomOf(port) < wanted)
    if (fixed === undefined) return []
    const [port = '', protocol] = key.split('/')
    const inner = protocol === 'udp' ? `${port}/udp` : port
    const room = roomOf(fixed)
    const whose = room === 1 ? 'which one container can have' : `which is room for ${room}`
    return [
      `its port ${inner} is published on port ${fixed} of the host, ${whose}; write ports: ["${inner}"] for any free ` +
        `port, or no ports at all: Muster reaches replicas over their network`,
    ]
  })
}

/** How many containers can be published there; a range has room for as many as it is wide. */
function roomOf(hostPort: string): number {
  if (hostPort === '' || hostPort === '0') return Infinity
  const [first, last] = hostPort.split('-').map(Number)
  return last === undefined || first === undefined ? 1 : last - first + 1
}

function addressObstacles({ config, networks }: Blueprint): readonly string[] {
  const found = Object.entries(networks).flatMap(([network, endpoint]) => {
    const { IPv4Address: ipv4, IPv6Address: ipv6 } = record(record(endpoint)['IPAMConfig'])
    const address = text(ipv4) || text(ipv6)
    const option = text(ipv4) === '' ? 'ipv6_address' : 'ipv4_address'
    return address === ''
      ? []
      : [
          `its address ${address} on the network "${network}" is fixed, and one container can have it; take ${option} out`,
        ]
  })
  const mac = text(config['MacAddress'])
  if (mac !== '') found.push(`its address ${mac} is fixed, and one container can have it; take mac_address out`)
  return found
}

function sharedNetworkObstacle({ config, host }: Blueprint): readonly string[] {
  const mode = text(host['NetworkMode'])
  const whose = mode === 'host' ? 'the host' : mode.startsWith('container:') ? 'another container' : undefined
  const labels = Object.keys(record(config['Labels']))
  const listens =
    Object.keys(record(config['ExposedPorts'])).length > 0 ||
    labels.some((label) => /^(?:muster|traefik)\..*\.loadbalancer\.server\.port$/i.test(label))
  if (whose === undefined || !listens) return []
  return [`it shares the network of ${whose} (network_mode), where only one can listen on its port; give it networks`]
}
