import type { ClusterMember } from '../cluster/cluster.ts'
import type { Settings } from '../settings/settings.ts'
import type { SnapshotStore } from '../snapshot/snapshot-store.ts'

/** What the pages are made of. */
export interface AdminSources {
  readonly version: string
  /** ISO 8601. */
  readonly startDate: string
  readonly settings: Settings
  readonly store: SnapshotStore
  readonly cluster: { readonly members: readonly ClusterMember[] }
}
