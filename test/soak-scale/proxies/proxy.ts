// What the soak asks of a proxy, and what it tells it. One file a proxy implements this.
import type { Stage } from '../stage.ts'

export interface Task {
  readonly stage: Stage
  /** Where a proxy that follows the engine finds it. */
  readonly engine: string
  /** What the proxy says, where somebody reads it; it is to say more then. */
  readonly say: ((text: string) => void) | undefined
  /** Added to Muster's command line. */
  readonly words?: readonly string[]
}

export interface RunningProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number
  /** A Docker API socket that waits until members are drained, where the proxy has one: an address for DOCKER_HOST. */
  readonly dockerHost?: string
}

export interface Proxy {
  readonly name: string
  /** Resolves when it listens. Throws a SetupError when this machine cannot run it. */
  start(task: Task): Promise<RunningProxy>
}
