import type { ClusterMember } from '../cluster/entry.ts'
import type { Settings } from '../settings/settings.ts'
import type { SnapshotStore } from '../snapshot/snapshot-store.ts'

/** What the pages are made of. */
export interface AdminSources {
  readonly version: string
  /** ISO 8601. */
  readonly startDate: string
  readonly settings: Settings
  /** Keys sticky cookies. */
  readonly secret: string
  readonly store: SnapshotStore
  readonly cluster: { readonly members: readonly ClusterMember[] }
}
