// Muster's own services by name: those that exist under the settings, as in Traefik.
import type { AskInternal, InternalService } from '../exchange/internal.ts'
import type { MetricsShare } from '../observability/metrics.ts'
import { createApi, createPing, noop } from './api.ts'
import { internalServiceNames } from './internal-declaration.ts'
import { createMetrics } from './metrics.ts'
import type { AdminSources } from './sources.ts'

export interface InternalSources extends AdminSources {
  readonly isStopping: () => boolean
  /** What every thread has counted. */
  readonly measure: () => Promise<readonly MetricsShare[]>
}

export function createInternalServices(sources: InternalSources): AskInternal {
  const { settings, isStopping, measure } = sources
  const api = createApi(sources)
  const all: Readonly<Record<string, InternalService>> = {
    'api@internal': api,
    'dashboard@internal': api,
    'noop@internal': noop,
    'ping@internal': createPing(isStopping, settings.ping?.terminatingStatusCode ?? 503),
    'prometheus@internal': createMetrics(sources, measure),
  }
  const names: ReadonlySet<string> = new Set(internalServiceNames(settings))
  return async (service, request) =>
    (names.has(service) ? await all[service]?.(request) : undefined) ?? { status: 404, body: '', fields: [] }
}
