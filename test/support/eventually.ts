// For what becomes true soon and sends no event when it does.
import { setTimeout as delay } from 'node:timers/promises'

/** Repeats an assertion until it holds, for at most `ceilingMs`; then rejects as its last try did. */
export async function eventually<Result>(
  assertion: () => Promise<Result> | Result,
  ceilingMs: number,
  pauseMs = 20,
): Promise<Result> {
  const began = performance.now()
  for (;;) {
    try {
      return await assertion()
    } catch (error) {
      if (performance.now() - began > ceilingMs) throw error
    }
    await delay(pauseMs)
  }
}
