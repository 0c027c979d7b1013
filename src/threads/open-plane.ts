// The data plane as the settings ask for it: in threads of its own or, with `--threads=0`, in this one.
import type { AskInternal } from '../exchange/internal.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Settings } from '../settings/settings.ts'
import { openDataPlane } from './data-plane.ts'
import type { DataPlane, DataPlaneReport, Publication } from './data-plane.ts'
import { startThreadPool } from './thread-pool.ts'
import { createWhatsNew } from './whats-new.ts'

export interface PlaneOptions {
  readonly settings: Settings
  readonly ledger: Ledger
  readonly internalServices: readonly QualifiedName[]
  readonly ask: AskInternal
  readonly report: DataPlaneReport
}

/** Rejects with an EntrypointError when a port cannot be had. */
export async function openPlane(options: PlaneOptions): Promise<DataPlane<Publication>> {
  const { settings, ledger } = options
  const { threads } = settings
  if (threads > 0) return startThreadPool({ ...options, threads })
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
