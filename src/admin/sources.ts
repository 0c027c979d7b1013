import type { ClusterMember } from '../cluster/cluster.ts'
import type { SnapshotStore } from '../snapshot/snapshot-store.ts'

/** What the pages are made of. */
export interface AdminSources {
  readonly version: string
  /** ISO 8601. */
  readonly startDate: string
  /** Serve the pages too, not only the API. */
  readonly pages: boolean
  readonly store: SnapshotStore
  readonly cluster: { readonly members: readonly ClusterMember[] }
}
