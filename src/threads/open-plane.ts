// The data plane as the settings ask for it: in threads of its own or, with `--threads=0`, in this one.
import { openDataPlane } from './data-plane.ts'
import type { DataPlane, Publication } from './data-plane.ts'
import { startThreadPool } from './thread-pool.ts'
import type { ThreadPoolOptions } from './thread-pool.ts'
import { createWhatsNew } from './whats-new.ts'

/** Rejects with an EntrypointError when a port cannot be had. */
export async function openPlane(options: ThreadPoolOptions): Promise<DataPlane<Publication>> {
  const { settings, ledger } = options
  if (settings.threads > 0) return startThreadPool(options)
  const plane = await openDataPlane({ ...options, column: 0, shared: false, ports: new Map(), first: undefined })
  const { ports, metrics, order, stopAccepting, drain } = plane
  const whatsNew = createWhatsNew(ledger)
  return {
    ports,
    metrics,
    order,
    stopAccepting,
    drain,
    publish: (publication) => plane.publish(whatsNew(publication)),
    [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose](),
  }
}
