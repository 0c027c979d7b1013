// Containers for tests of pure parts.
import { createHash } from 'node:crypto'
import type { Container } from '../../../../src/provider/docker/container.ts'
import { declareContainers } from '../../../../src/provider/docker/declare.ts'
import type { DeclareOptions } from '../../../../src/provider/docker/declare.ts'

export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

/** A running container of no project, on the default bridge, that exposes port 80. */
export function container(name: string, more: Partial<Container> = {}): Container {
  return {
    id: idOf(name),
    name,
    labels: {},
    createdAt: 1000,
    running: true,
    paused: false,
    health: 'none',
    ports: [80],
    networks: new Map([['bridge', { ipv4: '172.17.0.2', ipv6: '' }]]),
    networkMode: 'default',
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

export function declare(containers: readonly Container[], options: Partial<DeclareOptions> = {}) {
  const defaultRule = 'Host(`{{ normalize .Name }}`)'
  return declareContainers(containers, {
    exposedByDefault: true,
    defaultRule,
    network: undefined,
    ownNetworks: [],
    ownId: undefined,
    ...options,
  })
}

export function hosts(declared: ReturnType<typeof declare>, service: string): readonly string[] | undefined {
  return declared.services.get(service)?.members.map(({ host }) => host)
}
