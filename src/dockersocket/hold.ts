// A call that stops a member waits until its requests are over: only then does the engine hear of it. A process that exits at
// once on its stop signal then has nothing left to lose.
import type { Logger } from '../observability/logger.ts'
import { lookUp } from './container-lookup.ts'
import type { Endpoint } from './endpoint.ts'
import { stops } from './stop-call.ts'
import type { StopCall } from './stop-call.ts'

/**
 * Takes a container's members out of rotation and resolves when they carry no requests any more, or at once when it has none.
 * `signal` aborts when the stop will not happen after all: then they come back. It is not awaited beyond the socket's own
 * limit, so it must end by itself once the container is gone.
 */
export type Drain = (
  containerId: string,
  name: string | undefined,
  signal: AbortSignal,
) => Promise<'drained' | 'not a member'>

/** Resolves true when the call may go on to the engine, false when its client is gone. */
export type Hold = (call: StopCall, gone: AbortSignal) => Promise<boolean>

export interface HoldOptions {
  readonly drain: Drain
  readonly engine: Endpoint
  readonly drainTimeoutMs: number
  readonly log: Logger
}

export function createHold({ drain, engine, drainTimeoutMs, log }: HoldOptions): Hold {
  return async (call, gone) => {
    const began = performance.now()
    const container = await lookUp(call, engine, AbortSignal.any([gone, AbortSignal.timeout(drainTimeoutMs)]))
    if (gone.aborted) return false
    if (container === undefined || !container.isRunning || !stops(call, container.stopSignal)) return true
    const { id, name } = container
    const draining = drain(id, name, gone).catch((err: unknown) => {
      log.error({ err, container: name ?? id }, 'draining a container failed; its stop goes on')
      return 'failed' as const
    })
    const reason = await firstOf(draining, drainTimeoutMs - (performance.now() - began), gone)
    const heldMs = Math.round(performance.now() - began)
    log.info({ call: call.what, container: name ?? id, heldMs, reason }, 'a call to the Docker engine was held')
    return reason !== 'client gone'
  }
}

async function firstOf<T>(
  waited: Promise<T>,
  forMs: number,
  gone: AbortSignal,
): Promise<T | 'time limit' | 'client gone'> {
  const { promise, resolve } = Promise.withResolvers<'time limit' | 'client gone'>()
  const onGone = () => resolve('client gone')
  const timer = setTimeout(() => resolve('time limit'), forMs)
  gone.addEventListener('abort', onGone)
  if (gone.aborted) onGone()
  try {
    return await Promise.race([promise, waited])
  } finally {
    clearTimeout(timer)
    gone.removeEventListener('abort', onGone)
  }
}
