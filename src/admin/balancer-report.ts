// Balancers and their members as they stand at this instant: configuration, state with its reason, and the ledger's books.
import type { ClusterMember } from '../cluster/entry.ts'
import { hostPort } from '../exchange/host-port.ts'
import type { Edits } from '../edits/edit.ts'
import type { MemberConfig } from '../model/dynamic-config.ts'
import { memberKey } from '../model/member-key.ts'
import { editedBalancer, editedMember } from './edited.ts'
import type { AdminSources } from './sources.ts'

/** One entry per load-balancing service, in name order, each with its members in balancing order. */
export function balancers({ store, cluster, edits }: AdminSources): object[] {
  const memberByKey = new Map(cluster.members.map((member) => [member.key, member]))
  return [...store.current.services].flatMap(([name, { config, usedBy }]) =>
    config === undefined
      ? []
      : {
          name,
          method: 'byrequests',
          stickyCookie: config.stickyCookie,
          usedBy,
          ...editedBalancer(edits.current, name),
          members: config.members
            .flatMap(({ id }) => memberByKey.get(memberKey(name, id)) ?? [])
            .map((member) => memberReport(member, edits.current)),
        },
  )
}

export function members({ cluster, edits }: AdminSources): object[] {
  return cluster.members.map((member) => memberReport(member, edits.current))
}

function memberReport({ key, service, config, state, reason, row }: ClusterMember, edits: Edits): object {
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
    ...editedMember(edits, service, config.slot),
  }
}

export function memberUrl({ scheme, host, port }: MemberConfig): string {
  return `${scheme}://${hostPort(host, port)}`
}
