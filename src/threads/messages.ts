// All that crosses between the control thread and a data-plane thread. What both must see at every instant does not: that
// is the ledger's shared memory.
import type { InternalAnswer, InternalRequest } from '../exchange/internal.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { MetricsShare } from '../observability/metrics.ts'
import type { MemberNews } from '../service/member.ts'
import type { Settings } from '../settings/settings.ts'
import type { MemberOrder, ThreadPublication } from './data-plane.ts'

/** What a thread is started with. */
export interface ThreadStart {
  readonly settings: Settings
  readonly column: number
  readonly ports: ReadonlyMap<string, number>
  readonly internalServices: readonly QualifiedName[]
  readonly secret: string
  readonly first: ThreadPublication | undefined
}

export type ToThread =
  | { readonly kind: 'publish'; readonly publication: ThreadPublication }
  | { readonly kind: 'order'; readonly memberKey: string; readonly order: MemberOrder }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: InternalAnswer }
  | { readonly kind: 'measure' }
  | { readonly kind: 'stop-accepting' }
  | { readonly kind: 'drain' }

export type FromThread =
  | { readonly kind: 'listening' }
  | { readonly kind: 'published'; readonly version: number }
  | { readonly kind: 'ask'; readonly id: number; readonly service: string; readonly request: InternalRequest }
  | { readonly kind: 'measured'; readonly shares: readonly MetricsShare[] }
  | { readonly kind: 'access'; readonly lines: readonly string[] }
  | { readonly kind: 'member'; readonly news: MemberNews }
  | { readonly kind: 'notice'; readonly fields: object; readonly message: string }
  | { readonly kind: 'error'; readonly error: unknown; readonly fields: object; readonly message: string }
  | { readonly kind: 'not-accepting' }
  | { readonly kind: 'drained' }
