// The funnel every change passes: the latest declaration of each provider → one configuration → cluster → snapshot.
// Level-triggered: it looks at what is declared now, never at what the change was.
import type { Cluster } from '../cluster/cluster.ts'
import type { Cause, Declaration } from '../model/declaration.ts'
import { diff, isSame } from '../model/diff.ts'
import type { ConfigDiff } from '../model/diff.ts'
import { createMerger, emptyConfig } from '../model/merge.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { SnapshotStore } from '../snapshot/snapshot-store.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { Debounce } from './debounce.ts'

/** The cause that is no provider's: an edit. */
const byHand = 'edits'

/** What one update did; for the log and the journal. */
export interface Update {
  readonly snapshot: Snapshot
  readonly diff: ConfigDiff
  /** The latest of the coalesced causes, by provider. */
  readonly causes: readonly Cause[]
  /** When the earliest cause happened, milliseconds since the epoch. */
  readonly since: number
}

export interface ReconcilerOptions {
  /** The first snapshot waits until each of them has spoken, or `startCeilingMs` has passed. */
  readonly providers: readonly string[]
  readonly startCeilingMs: number
  /** Changes are applied after this quiet time, at the latest after the ceiling. Only additions wait: see Cluster. */
  readonly quietMs: number
  readonly ceilingMs: number
  readonly cluster: Cluster
  readonly store: SnapshotStore
  /** What is laid over the declarations before anything is made of them. Keeps the objects it does not change. */
  readonly overlay: (config: DynamicConfig) => DynamicConfig
  readonly link: (config: DynamicConfig, version: number) => Snapshot
  /** Settles once the update is in force everywhere. */
  readonly onUpdate: (update: Update) => Promise<void>
  /** A link that throws is our bug: the old snapshot stays. */
  readonly onFailure: (error: unknown, version: number) => void
}

export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #merge = createMerger()
  /** What all declarations make together by now; `#config` is what is in force. */
  #declared: DynamicConfig = emptyConfig
  readonly #silent: Set<string>
  readonly #debounce: Debounce
  readonly #startCeiling: NodeJS.Timeout
  #causes = new Map<string, Cause>()
  #config: DynamicConfig = emptyConfig
  #started = false
  /** The latest update, until it is in force. */
  #inForce: Promise<void> = Promise.resolve()

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#silent = new Set(options.providers)
    this.#debounce = new Debounce(() => this.#update(), options)
    this.#startCeiling = setTimeout(() => this.#start(), options.startCeilingMs)
  }

  /** Replaces what the declaration's provider said before. */
  accept(declaration: Declaration): void {
    this.#declared = this.#merge(declaration)
    this.#causes.set(declaration.provider, declaration.cause)
    this.#silent.delete(declaration.provider)
    if (this.#started) this.#debounce.request()
    else if (this.#silent.size === 0) this.#start()
  }

  /** Without what is laid over it. */
  get declared(): DynamicConfig {
    return this.#declared
  }

  /**
   * What is laid over the declarations has changed: applied at once, with whatever was waiting. Resolves once it is in
   * force everywhere, rejects when it cannot be. Before the start it resolves at once: the first snapshot will have it.
   */
  async applyNow(cause: Cause): Promise<void> {
    this.#causes.set(byHand, cause)
    if (!this.#started) return
    this.#debounce.cancel()
    await this.#apply()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#startCeiling)
    this.#debounce[Symbol.dispose]()
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    clearTimeout(this.#startCeiling)
    this.#update()
  }

  /** Nobody waits for it, and a failure is told. */
  #update(): void {
    this.#apply().catch(() => undefined)
  }

  /** In this instant; settles once it is in force everywhere, or rejects: then what was in force stays. */
  #apply(): Promise<void> {
    const { cluster, store, overlay, link, onUpdate, onFailure } = this.#options
    const config = overlay(this.#declared)
    const causes = [...this.#causes.values()]
    this.#causes = new Map()
    if (store.current.version > 0 && isSame(this.#config, config)) {
      // A container that left a network and came back before anybody looked is declared as it was.
      cluster.sync(config)
      return this.#inForce
    }
    const version = store.current.version + 1
    try {
      cluster.sync(config)
      const snapshot = link(config, version)
      store.publish(snapshot)
      const since = Math.min(...causes.map(({ at }) => at))
      this.#inForce = onUpdate({ snapshot, diff: diff(this.#config, config), causes, since })
      this.#config = config
      return this.#inForce
    } catch (error) {
      onFailure(error, version)
      return Promise.reject(error)
    }
  }
}
