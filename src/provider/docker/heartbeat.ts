// Whether an engine that says nothing is still there. A stream of events may be silent for hours, or for ever: a stopped
// engine keeps its socket open, and a router between us may forget a connection that nobody uses.
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from './engine.ts'
import type { EngineConnection } from './engine.ts'
import { engineFailure } from './engine-failure.ts'

export class Heartbeat {
  #heardAt = performance.now()
  /** A list showed what no event had told, at that time. */
  #missedAt: number | undefined

  /** An event came, or a batch without any. */
  heard(): void {
    this.#heardAt = performance.now()
    this.#missedAt = undefined
  }

  /** A list has something new. Its event may just be on its way. */
  missed(): void {
    this.#missedAt ??= performance.now()
  }

  /** Rejects when the engine does not answer, or its stream does not tell what its lists do. */
  async untilStalled(
    connection: EngineConnection,
    endpoint: string,
    quietMs: number,
    signal: AbortSignal,
  ): Promise<never> {
    for (;;) {
      await sleep(quietMs, undefined, { signal, ref: false })
      const now = performance.now()
      if (this.#missedAt !== undefined && now - this.#missedAt >= quietMs)
        throw engineFailure('cut', endpoint, 'its event stream does not tell what its list of containers does')
      if (now - this.#heardAt >= quietMs) await answers(connection, signal)
    }
  }
}

async function answers(connection: EngineConnection, signal: AbortSignal): Promise<void> {
  try {
    await connection.ping(signal)
  } catch (error) {
    // A socket proxy may allow no more than what is needed, and is there.
    if (!(error instanceof EngineError && error.code === 'refused')) throw error
  }
}
