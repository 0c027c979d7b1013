// Services as Traefik's API lists them, with what only Muster has beside it.
import { balancingDefaults } from '../model/service-config.ts'
import type {
  HealthCheckConfig,
  PassiveHealthCheckConfig,
  ServiceConfig,
  SessionConfig,
} from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { ClusterMember } from '../cluster/entry.ts'
import type { ServiceInfo } from '../snapshot/snapshot.ts'
import { memberUrl } from './member-report.ts'
import { item } from './item.ts'
import type { Item } from './item.ts'
import { goDuration } from './json.ts'
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

function loadBalancer(config: ServiceConfig): object {
  const { members, passHostHeader, stickyCookie, session, balancing = balancingDefaults, pending } = config
  return {
    sticky: (stickyCookie ?? session) && { cookie: stickyCookie, session: session && shownSession(session) },
    servers: members.map((member) => ({
      url: memberUrl(member),
      weight: member.weight === 1 ? undefined : member.weight,
    })),
    strategy: balancing.method === 'byrequests' ? 'wrr' : balancing.method,
    passHostHeader,
    healthCheck: config.healthCheck && shownCheck(config.healthCheck),
    passiveHealthCheck: config.passiveHealthCheck && shownPassiveCheck(config.passiveHealthCheck),
    responseForwarding: { flushInterval: '100ms' },
    ...pending,
  }
}

function shownSession({ cookie, parameter, separator, scolonPathDelim }: SessionConfig): object {
  return {
    name: cookie === parameter ? cookie : `${cookie}|${parameter}`,
    separator: separator === '' ? 'off' : separator,
    scolonPathDelim,
  }
}

function shownCheck({ intervalMs, unhealthyIntervalMs, timeoutMs, rise, fall, ...check }: HealthCheckConfig): object {
  return {
    ...check,
    interval: goDuration(intervalMs),
    unhealthyInterval: goDuration(unhealthyIntervalMs),
    timeout: goDuration(timeoutMs),
    ...(rise !== 1 && { rise }),
    ...(fall !== 1 && { fall }),
  }
}

function shownPassiveCheck({ failureWindowMs, maxFailedAttempts }: PassiveHealthCheckConfig): object {
  return { failureWindow: goDuration(failureWindowMs), maxFailedAttempts }
}
