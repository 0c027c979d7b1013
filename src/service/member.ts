import type { Exchange } from '../exchange/exchange.ts'
import type { LedgerRow } from '../ledger/row.ts'

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
  readonly row: LedgerRow
}

/**
 * One hop to a member. Settles and rejects as a Handler does. Tells `row.send` and `row.receive`, and `row.fail` of an
 * answer the member broke off, since that cannot reject; `row.begin`, `row.end` and every other `row.fail` are the
 * service's.
 */
export type Forward = (exchange: Exchange, member: Member, options: ForwardOptions) => Promise<void>

export interface ForwardOptions {
  /** True: the client's Host; false: the member's `host:port`. */
  readonly passHostHeader: boolean
}
