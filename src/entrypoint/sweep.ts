// One coarse timer per entrypoint looks after every connection, so that no request sets one of its own.
import type { EntrypointLimits } from '../settings/limits.ts'
import { cutSlowBody } from './client-error.ts'
import type { Connection, Connections } from './connections.ts'
import { look } from './slow-clients.ts'

/** How often at the most, and at the least: a limit strikes at most this late. */
const everyMsMin = 10
const everyMsMax = 1000

export interface SweepListener {
  /** After each time. */
  readonly onSwept: () => void
  /** A bug of ours. It must not cost the thread all its connections, once a second. */
  readonly onError: (error: unknown) => void
}

/** Until disposed of. */
export function startSweep(connections: Connections, limits: EntrypointLimits, listener: SweepListener): Disposable {
  const everyMs = intervalFor(limits)
  let before = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    // After a stall of ours the time that passed is not the clients' fault: they could not be heard.
    try {
      sweep(connections, limits, Math.min(now - before, 2 * everyMs))
    } catch (error) {
      listener.onError(error)
    }
    before = now
    listener.onSwept()
  }, everyMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function sweep(connections: Connections, limits: EntrypointLimits, elapsedMs: number): void {
  const { keepAliveMaxTimeMs } = limits
  const openedBefore = keepAliveMaxTimeMs === 0 ? 0 : performance.now() - keepAliveMaxTimeMs
  for (const connection of connections) {
    if (connection.openedAt < openedBefore) connection.expired = true
    const found = look(connection, elapsedMs, limits)
    if (found === 'slow-body') cutSlowBody(connection)
    else if (found === 'slow-answer') connection.socket.destroy()
    else if (isIdleTooLong(connection, elapsedMs, limits.idleTimeoutMs)) connection.socket.destroySoon()
  }
}

/** Between two requests; a connection that has not had its first one yet is held to the header timeout. */
function isIdleTooLong(connection: Connection, elapsedMs: number, idleTimeoutMs: number): boolean {
  const { socket, response, answers, upgraded } = connection
  const read = socket.bytesRead
  const isIdle = response === undefined && !upgraded && answers > 0 && read === connection.sweptRead
  connection.sweptRead = read
  connection.idleMs = isIdle ? connection.idleMs + elapsedMs : 0
  return idleTimeoutMs > 0 && connection.idleMs >= idleTimeoutMs
}

function intervalFor(limits: EntrypointLimits): number {
  const { readTimeoutMs, writeTimeoutMs, idleTimeoutMs, bodyGraceMs, sendTimeoutMs, keepAliveMaxTimeMs } = limits
  const all = [readTimeoutMs, writeTimeoutMs, idleTimeoutMs, bodyGraceMs, sendTimeoutMs, keepAliveMaxTimeMs]
  const set = all.filter((ms) => ms > 0)
  return Math.max(everyMsMin, Math.min(everyMsMax, ...set.map((ms) => ms / 4)))
}
