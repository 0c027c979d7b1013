import type { Exchange } from '../exchange/exchange.ts'
import { hostPort } from '../exchange/host-port.ts'
import type { LedgerRow } from '../ledger/row.ts'
import { memberDefaults } from '../model/service-config.ts'
import type { MemberConfig } from '../model/service-config.ts'
import { routeOf } from '../model/route-of-slot.ts'

/** A balancer member as the request path sees it: where to dial, and its row in the ledger. */
export interface Member {
  /** Unique over all services: `service@provider|id`. State is kept under it, never under the address. */
  readonly key: string
  /** `http://172.18.0.2:80`, for logs. */
  readonly url: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly weight: number
  readonly slot: string
  /** What a session in the clear calls it: `abc.ROUTE`. */
  readonly route: string
  /** Its other name there: what a Tomcat in it takes for its jvmRoute. */
  readonly hostname: string | undefined
  /** The route of the member that takes over its sessions while it cannot be used. */
  readonly redirect: string | undefined
  /** Members of a lower set are used first. */
  readonly lbset: number
  readonly role: MemberRole
  /** How long it is left alone after a failed connection, milliseconds; 0: not at all; undefined: as its balancer says. */
  readonly retryMs: number | undefined
  readonly row: LedgerRow
}

/** A spare stands in for a member that cannot be used, a standby for all of them. */
export type MemberRole = 'regular' | 'spare' | 'standby'

export function memberOf(key: string, config: MemberConfig, row: LedgerRow): Member {
  const { scheme, host, port, weight, slot, hostname } = config
  const { redirect, lbset, status, retryMs } = config.parameters ?? memberDefaults
  const place = { url: `${scheme}://${hostPort(host, port)}`, scheme, host, port, slot, hostname }
  const role = roleOf(status)
  // Apache's status I: never in error.
  const patience = status.includes('I') ? 0 : retryMs
  return { key, ...place, weight, route: routeOf(config), redirect, lbset, role, retryMs: patience, row }
}

/** Apache looks for standbys first. */
export function roleOf(status: string): MemberRole {
  if (status.includes('H')) return 'standby'
  return status.includes('R') ? 'spare' : 'regular'
}

/**
 * One hop to a member. Settles and rejects as a Handler does. Tells `row.send`, `row.receive` and `row.answer`, and
 * `row.fail` of an answer the member broke off, since that cannot reject; everything else of the row is the service's.
 */
export type Forward = (exchange: Exchange, member: Member, options: ForwardOptions) => Promise<void>

export interface ForwardOptions {
  /** True: the client's Host; false: the member's `host:port`. */
  readonly passHostHeader: boolean
  /** Any request may be carried out twice, not only those whose method says so. */
  readonly retryNonIdempotent: boolean
  /** Members of its service have left a moment ago, and others may follow. */
  readonly isUnsettled: () => boolean
}

/** What a data-plane thread learned of a member that everybody should know. The ledger has it already. */
export interface MemberNews {
  readonly memberKey: string
  /** Why it is passed over from now on; undefined: it answered again. */
  readonly failure: string | undefined
}
