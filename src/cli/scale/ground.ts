// What every step of a scaling works with.
import type { ReplicaEngine } from '../../provider/docker/replicas/replica-engine.ts'
import type { Controller } from './controller.ts'
import type { Tell } from './progress.ts'

export interface Ground {
  readonly engine: ReplicaEngine
  /** Undefined: none answers, for the reason below. */
  readonly controller: Controller | undefined
  readonly whyNoController: string | undefined
  /** The engine is on this host, so that its networks may be reached from here. */
  readonly isLocal: boolean
  readonly timeoutMs: number
  readonly tell: Tell
  /** Nothing new is begun after it; what is half done is brought to an end. */
  readonly signal: AbortSignal
}

/** Runs the tasks, not more than `max` at a time, and resolves with their results in order. */
export async function limited<T>(tasks: readonly (() => Promise<T>)[], max: number): Promise<readonly T[]> {
  const results: T[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next++
      const task = tasks[index]
      if (task === undefined) return
      results[index] = await task()
    }
  }
  await Promise.all(Array.from({ length: Math.min(max, tasks.length) }, work))
  return results
}
