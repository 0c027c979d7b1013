// The Docker engine in our words: the three things Muster asks of it, and what can go wrong.
import type { Container } from './container.ts'
import type { EngineEvent } from './engine-event.ts'
import type { ListedContainer } from './listed-container.ts'

export interface DockerEngine {
  /** As the user wrote it, without secrets, for messages. */
  readonly endpoint: string
  /** Agrees with the engine on a version of its API. Rejects with EngineError, like every call here. */
  connect(signal: AbortSignal): Promise<EngineConnection>
}

/** Its disposal closes whatever is open to the engine. */
export interface EngineConnection extends Disposable {
  /** `v1.44`; undefined when the engine was not allowed to say which it speaks. */
  readonly apiVersion: string | undefined
  /**
   * Resolves once the engine has accepted the subscription. The iteration gives what arrived together as one batch, in
   * the engine's order, and never ends by itself: it throws an EngineError when the stream is cut or unreadable.
   */
  events(signal: AbortSignal): Promise<AsyncIterable<readonly EngineEvent[]>>
  /** Resolves when the engine answers. */
  ping(signal: AbortSignal): Promise<void>
  /** All containers, running or not. */
  list(signal: AbortSignal): Promise<readonly ListedContainer[]>
  /** Undefined when the engine has no such container (any more). */
  inspect(id: string, signal: AbortSignal): Promise<Container | undefined>
}

/**
 * - `endpoint`: the address is not one Muster can use (the only code thrown at start-up)
 * - `absent`: nothing answers there
 * - `denied`: the socket may not be opened
 * - `refused`: it answered, with an HTTP error
 * - `unauthorized`: it wants a user and a password
 * - `version`: it speaks no version of the API that Muster can use
 * - `files`: the TLS files cannot be read
 * - `certificate`: its certificate is not believed
 * - `tls`: no TLS connection came about for another reason
 * - `ssh`: the ssh command failed
 * - `unreadable`: it answered something no Docker engine says
 * - `cut`: a connection ended too early, the event stream's for one
 * - `timeout`: no complete answer in time
 */
export type EngineCode =
  | 'endpoint'
  | 'absent'
  | 'denied'
  | 'refused'
  | 'unauthorized'
  | 'version'
  | 'files'
  | 'certificate'
  | 'tls'
  | 'ssh'
  | 'unreadable'
  | 'cut'
  | 'timeout'

export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineCode

  constructor(code: EngineCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
