// What a provider is: something that watches a source of configuration and reports its whole opinion on every change.
import type { ContainerEvent } from '../model/container-event.ts'
import type { Declaration } from '../model/declaration.ts'
import type { Problem } from '../model/problem.ts'

export interface Provider {
  readonly name: string
  /**
   * Watches until the signal aborts, then settles. Trouble with the source is logged and retried for ever; the last
   * declaration stands meanwhile. Rejects only for a bug of ours.
   */
  run(report: ProviderReport, signal: AbortSignal): Promise<void>
}

/** Where a provider's news go. All return at once and do not throw. */
export interface ProviderReport {
  /** The provider's whole opinion; it replaces the last one. */
  publish(declaration: Declaration): void
  /** What happened to one container, ahead of the declaration that follows from it. */
  observe(event: ContainerEvent): void
  /** Why what it said may be out of date; undefined: it is not, or no longer. */
  trouble(problem: Problem | undefined): void
  readonly log: ProviderLog
}

export interface ProviderLog {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}
