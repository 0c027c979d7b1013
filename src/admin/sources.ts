import type { ClusterMember } from '../cluster/entry.ts'
import type { EditStore } from '../edits/edit-store.ts'
import type { Cause } from '../model/declaration.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Problem } from '../model/problem.ts'
import type { Journal } from '../reconciler/journal.ts'
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
  /** Requests that wait because a service has nobody for them. */
  readonly waiting: (service: QualifiedName) => { readonly now: number; readonly ever: number }
  readonly edits: EditStore
  readonly journal: Journal
  /** Why what providers said may be out of date. */
  readonly troubles: () => readonly Problem[]
  /** What the edits are laid over. */
  readonly declared: () => DynamicConfig
  /** Puts the edits in force; resolves once every thread goes by them, rejects when they cannot be. */
  readonly apply: (cause: Cause) => Promise<void>
}
