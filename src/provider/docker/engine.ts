// The Docker engine in our words: the three things Muster asks of it, and what can go wrong.
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'

export interface DockerEngine {
  /** As the user wrote it, for messages. */
  readonly endpoint: string
  /**
   * Rejects with EngineError, like every call here. Resolves once the engine has accepted the subscription. The iteration gives what arrived together as one batch, in
   * the engine's order, and never ends by itself: it throws an EngineError when the stream is cut or unreadable.
   */
  events(signal: AbortSignal): Promise<AsyncIterable<readonly EngineEvent[]>>
  /** Ids of all containers, running or not. */
  containerIds(signal: AbortSignal): Promise<readonly string[]>
  /** Undefined when the engine has no such container (any more). */
  inspect(id: string, signal: AbortSignal): Promise<Container | undefined>
}

/**
 * - `endpoint`: the address is not one Muster can use (the only code thrown at start-up)
 * - `absent`: nothing answers there
 * - `denied`: the socket may not be opened
 * - `refused`: it answered, with an HTTP error
 * - `unreadable`: it answered something no Docker engine says
 * - `cut`: the event stream ended
 * - `timeout`: no complete answer in time
 */
export type EngineCode = 'endpoint' | 'absent' | 'denied' | 'refused' | 'unreadable' | 'cut' | 'timeout'

export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineCode

  constructor(code: EngineCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
