// One member as it stands at this instant: what is declared and edited of it, its state with the reason, and its books.
import type { ClusterMember } from '../cluster/entry.ts'
import type { Edits } from '../edits/edit.ts'
import { hostPort } from '../exchange/host-port.ts'
import { balancingDefaults, hasSessions, memberDefaults } from '../model/service-config.ts'
import type { MemberConfig, Method, ServiceConfig } from '../model/service-config.ts'
import { routeOf } from '../model/route-of-slot.ts'
import { roleOf } from '../service/member.ts'
import { apacheFlags } from './apache-flags.ts'
import { editedMember } from './edited.ts'

/** So long after the last request of a session its client is taken to be gone. */
const sessionQuietMs = 60_000

export function memberReport(member: ClusterMember, service: ServiceConfig | undefined, edits: Edits): object {
  const { key, service: name, config, state, reason, since, row, vitals } = member
  const { hostname, parameters = memberDefaults, weight } = config
  const { method } = service?.balancing ?? balancingDefaults
  const recent = vitals.recent(row)
  return {
    key,
    service: name,
    slot: config.slot,
    route: routeOf(config),
    hostname,
    container: config.container?.name,
    url: memberUrl(config),
    state,
    reason,
    since,
    role: roleOf(parameters.status),
    status: parameters.status,
    flags: apacheFlags(member),
    weight,
    lbset: parameters.lbset,
    redirect: parameters.redirect,
    elected: row.elected,
    busy: row.busy,
    errors: row.errors,
    /** Bytes. */
    to: row.to,
    from: row.from,
    load: loads[method](member),
    stuck: row.stuck,
    ...recent,
    draining:
      state === 'draining'
        ? draining(member, recent.lastStuckAt, service !== undefined && hasSessions(service))
        : undefined,
    ...editedMember(edits, name, config.slot),
  }
}

export function memberUrl({ scheme, host, port }: MemberConfig): string {
  return `${scheme}://${hostPort(host, port)}`
}

/** What the method compares: the least of it is chosen next. */
const loads: Readonly<Record<Method, (member: ClusterMember) => number>> = {
  byrequests: ({ row, config }) => row.elected / config.weight,
  bytraffic: ({ row, config }) => (row.to + row.from + row.handicap) / config.weight,
  bybusyness: ({ row }) => row.busy,
  leasttime: ({ row, config }) => (row.latency * (1 + row.busy)) / config.weight,
  p2c: ({ row }) => row.busy,
  hrw: ({ row }) => row.elected,
}

/** How far it is: done when no request is under way and, where it still serves sessions, none has come for a while. */
function draining({ row, since }: ClusterMember, lastStuckAt: number | undefined, sessions: boolean): object {
  const lastSignOfLife = Math.max(since, lastStuckAt ?? 0)
  const quiet = !sessions || row.admits === 'nobody' || Date.now() - lastSignOfLife >= sessionQuietMs
  return { since, busy: row.busy, lastStuckAt, done: row.busy === 0 && quiet }
}
