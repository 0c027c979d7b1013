// The service `prometheus@internal`: what the threads counted, and what only the control thread knows.
import type { InternalService } from '../exchange/internal.ts'
import type { MetricsShare } from '../observability/metrics.ts'
import { exposition, prometheusType } from '../observability/prometheus.ts'
import { memberUrl } from './member-report.ts'
import type { AdminSources } from './sources.ts'

/** @param measure asks every thread; called once per scrape */
export function createMetrics(sources: AdminSources, measure: () => Promise<readonly MetricsShare[]>): InternalService {
  const { store, cluster, settings, waiting } = sources
  return async () => {
    const servers = cluster.members.map(({ service, config, state }) => ({
      service,
      url: memberUrl(config),
      up: state === 'ready',
    }))
    const held = [...store.current.services].flatMap(([service, { config }]) =>
      config === undefined ? [] : { service, ...waiting(service) },
    )
    const control = { configReloads: store.current.version, lastReloadMs: store.publishedAt, servers, waiting: held }
    const body = exposition(await measure(), control, settings.metrics?.buckets ?? [])
    return { status: 200, body, fields: ['Content-Type', prometheusType] }
  }
}
