// A cluster with one member, and a port that may or may not accept.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { Cluster } from '../../../src/cluster/cluster.ts'
import type { MemberChange } from '../../../src/cluster/entry.ts'
import { Ledger } from '../../../src/ledger/ledger.ts'
import type { ContainerEvent } from '../../../src/model/container-event.ts'
import type { ContainerRef, MemberConfig, ServiceConfig } from '../../../src/model/service-config.ts'
import { emptyConfig } from '../../../src/model/merge.ts'
import type { DynamicConfig } from '../../../src/model/merge.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'

export const service = 'web@docker' as QualifiedName

export function startCluster() {
  const ledger = new Ledger()
  const changes: MemberChange[] = []
  const waiting = new Map<string, () => void>()
  const cluster = new Cluster(ledger, (change) => {
    changes.push(change)
    waiting.get(change.after)?.()
  })
  return {
    changes,
    sync: (config: DynamicConfig) => cluster.sync(config),
    observe: (event: ContainerEvent) => cluster.observe(event),
    row: () => ledger.row(`${service}|c1:80`),
    available: () => ledger.row(`${service}|c1:80`).available,
    state: () => cluster.members[0]?.state,
    reason: () => cluster.members[0]?.reason,
    connections: () => cluster.members[0]?.connections,
    async reaches(state: string) {
      if (cluster.members[0]?.state === state) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(state, resolve)
      await promise
    },
    async [Symbol.asyncDispose]() {
      cluster[Symbol.dispose]()
    },
  }
}

interface MemberOptions {
  readonly port: number
  readonly weight?: number
  readonly health?: ContainerRef['health']
  readonly network?: string
  /** Of its service. */
  readonly settings?: Partial<ServiceConfig>
}

export function config(options: MemberOptions): DynamicConfig {
  return withMembers([member(options)], options.settings)
}

export function withMembers(members: readonly MemberConfig[], settings: Partial<ServiceConfig> = {}): DynamicConfig {
  const config = { members, passHostHeader: true, stickyCookie: undefined, ...settings }
  return { ...emptyConfig, services: new Map([[service, config]]) }
}

export function member({ port, weight = 1, health = 'none', network }: MemberOptions): MemberConfig {
  const container: ContainerRef = { id: 'c1', name: 'web-1', health, paused: false, network }
  return { id: 'c1:80', scheme: 'http', host: '127.0.0.1', port, weight, slot: 'demo/web/1', container }
}

export function event(kind: ContainerEvent['kind']): ContainerEvent {
  return { containerId: 'c1', name: 'web-1', kind, at: 0 }
}

export async function listen(port: number): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer((socket) => socket.destroy())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), [Symbol.asyncDispose]: () => close(server) }
}

export async function freePort(): Promise<number> {
  await using server = await listen(0)
  return server.port
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
