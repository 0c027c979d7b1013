// Balancers and their members as they stand at this instant: configuration, state with its reason, and the ledger's books.
import type { ClusterMember } from '../cluster/entry.ts'
import { hostPort } from '../exchange/host-port.ts'
import type { MemberConfig } from '../model/dynamic-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { AdminSources } from './sources.ts'

/** One entry per load-balancing service, in name order, each with its members in balancing order. */
export function balancers({ store, cluster }: AdminSources): object[] {
  const memberByKey = new Map(cluster.members.map((member) => [member.key, member]))
  return [...store.current.services].flatMap(([name, { config, usedBy }]) =>
    config === undefined
      ? []
      : {
          name,
          method: 'byrequests',
          stickyCookie: config.stickyCookie,
          usedBy,
          members: config.members.flatMap(({ id }) => memberByKey.get(memberKey(name, id)) ?? []).map(memberReport),
        },
  )
}

export function members({ cluster }: AdminSources): object[] {
  return cluster.members.map(memberReport)
}

function memberReport({ key, service, config, state, reason, row }: ClusterMember): object {
  return {
    key,
    service,
    slot: config.slot,
    container: config.container?.name,
    url: memberUrl(config),
    state,
    reason,
    weight: config.weight,
    elected: row.elected,
    busy: row.busy,
    errors: row.errors,
    /** Bytes. */
    to: row.to,
    from: row.from,
  }
}

export function memberUrl({ scheme, host, port }: MemberConfig): string {
  return `${scheme}://${hostPort(host, port)}`
}
