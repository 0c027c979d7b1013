// What `muster scale` asks of an engine: a few exact calls about replicas of compose services, and no others.
import type { Blueprint, ReplicaOrder } from './blueprint.ts'
import type { Replica } from './replica.ts'
import type { ReplicaVitals } from './vitals.ts'

/** Every call rejects with EngineError. Its disposal closes whatever is open to the engine. */
export interface ReplicaEngine extends Disposable {
  /** As the user wrote it, without secrets, for messages. */
  readonly endpoint: string
  /** All of all projects, running or not. One-off containers and those compose is about to replace are none. */
  list(signal: AbortSignal): Promise<readonly Replica[]>
  /** Undefined when there is no such container (any more). */
  blueprint(id: string, signal: AbortSignal): Promise<Blueprint | undefined>
  /** Undefined when there is no such container (any more). */
  vitals(id: string, signal: AbortSignal): Promise<ReplicaVitals | undefined>
  /** What an image's name means now; undefined: nothing. */
  imageId(name: string, signal: AbortSignal): Promise<string | undefined>
  /** Resolves with the id. What cannot be connected to all its networks is removed again. */
  create(order: ReplicaOrder, signal: AbortSignal): Promise<string>
  start(replica: Named, signal: AbortSignal): Promise<void>
  /** By its stop signal and, once its own stop timeout is over, KILL. A replica that is gone is stopped. */
  stop(replica: Named & { readonly stopTimeoutMs: number }, signal: AbortSignal): Promise<void>
  /** With force; its anonymous volumes stay, as when compose scales down. One that is gone is removed. */
  remove(replica: Named, signal: AbortSignal): Promise<void>
  /** The last of what it wrote; empty where the engine cannot tell. */
  lastLines(id: string, linesMax: number, signal: AbortSignal): Promise<readonly string[]>
}

export interface Named {
  readonly id: string
  readonly name: string
}
