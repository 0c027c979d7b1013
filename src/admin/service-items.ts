import type { ServiceConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { ClusterMember } from '../cluster/cluster.ts'
import type { ServiceInfo } from '../snapshot/snapshot.ts'
import { memberUrl } from './balancer-report.ts'
import { item } from './item.ts'
import type { Item } from './item.ts'
import type { AdminSources } from './sources.ts'

export function serviceItems({ store, cluster }: Pick<AdminSources, 'store' | 'cluster'>): readonly Item[] {
  const members = Map.groupBy(cluster.members, ({ service }) => service)
  return [...store.current.services].map(([name, info]) => serviceItem(name, info, members.get(name) ?? []))
}

function serviceItem(name: QualifiedName, info: ServiceInfo, members: readonly ClusterMember[]): Item {
  const { config, status, errors, usedBy } = info
  if (config === undefined) return item(name, { status }, { status, usedBy })
  const serverStatus = Object.fromEntries(
    members.map(({ config: member, state }) => [memberUrl(member), state === 'ready' ? 'UP' : 'DOWN']),
  )
  const facts = { status, type: 'loadbalancer', servers: config.members.length }
  return item(name, facts, { loadBalancer: loadBalancer(config), status, error: errors, usedBy, serverStatus })
}

function loadBalancer({ members, passHostHeader, stickyCookie, pending }: ServiceConfig): object {
  return {
    sticky: stickyCookie && { cookie: stickyCookie },
    servers: members.map((member) => ({
      url: memberUrl(member),
      weight: member.weight === 1 ? undefined : member.weight,
    })),
    strategy: 'wrr',
    passHostHeader,
    responseForwarding: { flushInterval: '100ms' },
    ...pending,
  }
}
