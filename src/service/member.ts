import type { LedgerRow } from '../cluster/ledger.ts'
import type { Exchange } from '../exchange/exchange.ts'

/** A balancer member as the request path sees it: where to dial, and its row in the ledger. */
export interface Member {
  /** Unique over all services: `service@provider|id`. State is kept under it, never under the address. */
  readonly key: string
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly weight: number
  readonly slot: string
  readonly row: LedgerRow
}

/**
 * One hop to a member. Settles and rejects as a Handler does. Adds to `row.to` and `row.from`; `row.elected`,
 * `row.busy` and `row.errors` are the service's.
 */
export type Forward = (exchange: Exchange, member: Member, options: ForwardOptions) => Promise<void>

export interface ForwardOptions {
  /** True: the client's Host; false: the member's `host:port`. */
  readonly passHostHeader: boolean
}
