// What is over by itself after a while: a member's time to drain, and what is held against it.
import { timerMaxMs } from './checks/pace.ts'

export interface Drain {
  /** By performance.now(). */
  readonly since: number
  readonly timer: NodeJS.Timeout | undefined
  /** The time it had is over. */
  over: boolean
}

/** @param timeoutMs 0: it has all the time it needs */
export function beginDrain(timeoutMs: number, onOver: () => void): Drain {
  const since = performance.now()
  if (timeoutMs === 0) return { since, timer: undefined, over: false }
  const end = (): void => {
    drain.over = true
    onOver()
  }
  const drain = { since, timer: setTimeout(end, Math.min(timeoutMs, timerMaxMs)).unref(), over: false }
  return drain
}

export function ended(drain: Drain | undefined): undefined {
  clearTimeout(drain?.timer)
}

export interface Reprieve {
  readonly reason: string
  readonly timer: NodeJS.Timeout
}

export function reprieve(reason: string, afterMs: number, end: () => void): Reprieve {
  return { reason, timer: setTimeout(end, Math.min(afterMs, timerMaxMs)).unref() }
}

export function dismissed(held: Reprieve | undefined): undefined {
  clearTimeout(held?.timer)
}
