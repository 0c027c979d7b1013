// Containers for tests of pure parts.
import { createHash } from 'node:crypto'
import type { Container } from '../../../../src/provider/docker/container.ts'
import { createDeclarer } from '../../../../src/provider/docker/declare.ts'
import type { Declare, DeclareOptions } from '../../../../src/provider/docker/declare.ts'
import type { OwnPlace } from '../../../../src/provider/docker/own-container.ts'

export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

/** A running container of no project, on the default bridge, that exposes port 80. */
export function container(name: string, more: Partial<Container> = {}): Container {
  const networks = more.networks ?? new Map([['bridge', { ipv4: '172.17.0.2', ipv6: '' }]])
  return {
    id: idOf(name),
    name,
    labels: {},
    createdAt: 1000,
    imageId: 'sha256:1',
    running: true,
    paused: false,
    health: 'none',
    ports: [80],
    bindings: new Map(),
    networks,
    attachedTo: [...networks.keys()],
    aliases: [],
    networkMode: 'default',
    hostname: undefined,
    stopSignal: 15,
    stopTimeoutMs: 10_000,
    compose: undefined,
    ...more,
  }
}

/** One replica of a compose service; its address ends in its number. */
export function replica(project: string, service: string, number: number, more: Partial<Container> = {}): Container {
  return container(`${project}-${service}-${number}`, {
    networks: new Map([[`${project}_default`, { ipv4: `172.18.0.${number}`, ipv6: '' }]]),
    networkMode: `${project}_default`,
    compose: { project, service, number, configHash: `${service}-v1`, oneOff: false },
    ...more,
  })
}

/** A later generation of a replica's service. */
export function generation(configHash: string, replica: Container, more: Partial<Container> = {}): Container {
  const { compose } = replica
  return { ...replica, ...(compose !== undefined && { compose: { ...compose, configHash } }), ...more }
}

export const plainOptions: DeclareOptions = {
  exposedByDefault: true,
  defaultRule: 'Host(`{{ normalize .Name }}`)',
  network: undefined,
  constraints: undefined,
  useBindPortIP: false,
  allowInternalServices: false,
  allowForeignAddresses: false,
  hostPolicy: [],
}

export const onTheHost: OwnPlace = { ownId: undefined, ownProject: undefined, ownNetworks: [], hostName: undefined }

/** One declaration of a provider that has seen nothing before. */
export function declare(
  containers: readonly Container[],
  { ownId, ownProject, ownNetworks = [], hostName, ...options }: Partial<DeclareOptions & OwnPlace> = {},
): ReturnType<Declare> {
  return createDeclarer({ ...plainOptions, ...options })(containers, { ownId, ownProject, ownNetworks, hostName })
}

export function hosts(declared: ReturnType<Declare>, service: string): readonly string[] | undefined {
  return declared.services.get(service)?.members.map(({ host }) => host)
}
