// A compose project → the containers it would be once it is up, as the docker provider sees them. What only the engine
// knows (ids, addresses, times) is made up, always in the same way.
import { createHash } from 'node:crypto'
import { readContainer } from '../../provider/docker/container.ts'
import type { Container } from '../../provider/docker/container.ts'
import type { ComposeProject, ComposeService } from './project.ts'

const sharedMode = 'service:'

export function containersOf(project: ComposeProject): readonly Container[] {
  const containers: Container[] = []
  for (const service of project.services) {
    for (let number = 1; number <= service.replicas; number++) {
      const container = readContainer(inspectJson(project, service, number, containers.length))
      if (container !== undefined) containers.push(container)
    }
  }
  return containers
}

function containerName(project: ComposeProject, service: ComposeService, number: number): string {
  return service.containerName ?? `${project.name}-${service.name}-${number}`
}

function containerId(project: ComposeProject, service: string, number: number): string {
  return hash(`${project.name}/${service}/${number}`)
}

/** What `GET /containers/{id}/json` would give, as far as it is read. */
function inspectJson(project: ComposeProject, service: ComposeService, number: number, index: number): object {
  const labels = {
    ...Object.fromEntries(service.labels.map(({ key, value }) => [key, value])),
    'com.docker.compose.project': project.name,
    'com.docker.compose.service': service.name,
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.config-hash': hash(JSON.stringify([service.image, service.labels])),
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.project.working_dir': project.directory,
    'com.docker.compose.project.config_files': project.files.join(),
  }
  const ports = [...service.expose, ...service.ports].map(
    ({ port, protocol, host }) =>
      [
        `${port}/${protocol}`,
        host === undefined ? null : [{ HostIp: host.ip || '0.0.0.0', HostPort: host.port }],
      ] as const,
  )
  return {
    Id: containerId(project, service.name, number),
    Name: `/${containerName(project, service, number)}`,
    Created: new Date(0).toISOString(),
    State: { Status: 'running', Running: true, Paused: false, StartedAt: new Date(0).toISOString() },
    Config: { Labels: labels, ExposedPorts: Object.fromEntries(ports.map(([port]) => [port, {}])) },
    HostConfig: { NetworkMode: networkMode(project, service) },
    NetworkSettings: { Networks: networks(project, service, index), Ports: Object.fromEntries(ports) },
  }
}

function networkMode(project: ComposeProject, { networkMode: mode, networks: [first = ''] }: ComposeService): string {
  if (mode === undefined) return project.networks.get(first)?.name ?? first
  return mode.startsWith(sharedMode) ? `container:${containerId(project, mode.slice(sharedMode.length), 1)}` : mode
}

/** Addresses of a private range, one per network and container. */
function networks(project: ComposeProject, service: ComposeService, index: number): object {
  const keys = [...project.networks.keys()]
  const joined = service.networks.map((key) => [project.networks.get(key)?.name ?? key, keys.indexOf(key)] as const)
  if (service.networkMode === 'bridge') joined.push(['bridge', keys.length])
  const address = (network: number): string =>
    `10.${network % 256}.${Math.floor((index + 2) / 256) % 256}.${(index + 2) % 256}`
  return Object.fromEntries(joined.map(([name, network]) => [name, { IPAddress: address(network) }]))
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
