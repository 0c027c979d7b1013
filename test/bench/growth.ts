// Part m: what a million requests leave behind in Muster's memory.
import { setTimeout as delay } from 'node:timers/promises'
import { memoryBytes } from './accounting.ts'
import { startContestant } from './measure.ts'
import type { Part, Plan } from './measure.ts'

export interface Growth {
  readonly requests: number
  readonly firstBytes: number
  readonly lastBytes: number
  readonly highestBytes: number
  readonly errors: number
}

const settledAfter = 100_000
const wanted = 1_000_000
/** After a run, so that what is only waiting to be collected or sent is not counted. */
const restMs = 1000

/** Loads the part's first contestant until it has answered a million requests. */
export async function measureGrowth(part: Part, plan: Plan): Promise<Growth> {
  await using stack = new AsyncDisposableStack()
  const [contestant] = part.contestants
  if (contestant === undefined) throw new Error('the part has no contestant')
  const started = await startContestant(part, contestant, plan, stack)
  const load = await part.load(started)
  let requests = 0
  let errors = 0
  const memory: number[] = []
  while (requests < wanted) {
    const run = await load(memory.length === 0 ? 2 : 5)
    requests += run.requests
    errors += run.errors
    if (requests < settledAfter) continue
    await delay(restMs)
    memory.push(memoryBytes(started.program.pid))
  }
  const firstBytes = memory[0] ?? 0
  return { requests, errors, firstBytes, lastBytes: memory.at(-1) ?? 0, highestBytes: Math.max(...memory) }
}
