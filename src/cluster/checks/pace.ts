// How long a member is left alone between two checks.
import { hash } from 'node:crypto'

/** Of the interval, to either side. */
const jitterShare = 0.1
/** A mistyped interval must not become a busy loop. */
const waitMinMs = 10
/** The longest timer there is; a longer one would fire at once. */
export const timerMaxMs = 2 ** 31 - 1

/**
 * The interval, up to a tenth shorter or longer: a thousand members that came together are not checked together for ever.
 * The same for the same `key` and `count`, so that what happens can be told beforehand.
 */
export function jittered(intervalMs: number, key: string, count: number): number {
  const share = hash('sha256', `${key} ${count}`, 'buffer').readUInt32BE() / 2 ** 32
  const waitMs = Math.round(intervalMs * (1 - jitterShare + 2 * jitterShare * share))
  return Math.min(Math.max(waitMs, waitMinMs), timerMaxMs)
}
