import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { RouterInfo } from '../snapshot/snapshot.ts'
import { item, shownReference } from './item.ts'
import type { Item } from './item.ts'
import type { AdminSources } from './sources.ts'

export function routerItems({ store }: Pick<AdminSources, 'store'>): readonly Item[] {
  return [...store.current.routers].map(([name, info]) => routerItem(name, info))
}

function routerItem(name: QualifiedName, { config, status, errors, using, priority }: RouterInfo): Item {
  const provider = providerOf(name)
  const { rule, tls, ruleSyntax, observability, middlewares, stickyCookie } = config
  const service = shownReference(config.service, provider)
  const facts = { status, rule, service, middlewares, priority, entryPoints: using.length }
  return item(name, facts, {
    entryPoints: using,
    middlewares,
    service,
    rule,
    ruleSyntax,
    // JSON numbers of most clients end at 2^53; the text is exact.
    priority: Number(priority),
    priorityStr: String(priority),
    tls: tls && { ...tls, options: tls.options ?? 'default' },
    observability: {
      accessLogs: true,
      metrics: true,
      tracing: true,
      traceVerbosity: 'minimal',
      ...given(observability),
    },
    sticky: stickyCookie && { cookie: stickyCookie },
    status,
    error: errors,
    using,
  })
}

function given(options: object | undefined): object {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined))
}
