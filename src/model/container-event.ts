/**
 * What an engine says of one container. It reaches the cluster ahead of the declaration that will follow from it, so
 * that a member leaves rotation at once: additions may wait to be coalesced, removals never do.
 */
export interface ContainerEvent {
  readonly containerId: string
  readonly name: string
  /** `drain`: a stop has begun (the stop signal or KILL was sent). `disconnect`: its address on a network is gone. */
  readonly kind: 'start' | 'drain' | 'die' | 'pause' | 'unpause' | 'health' | 'disconnect' | 'destroy'
  /** Docker's health after the event; only with `health`. */
  readonly health?: 'healthy' | 'unhealthy' | 'starting'
  /** The network that was left; only with `disconnect`. */
  readonly network?: string
  /** How long the engine waits for a stopping container before KILL, milliseconds; only with `drain`. */
  readonly stopTimeoutMs?: number
  /** When the engine says it happened, milliseconds since the epoch. */
  readonly at: number
}
