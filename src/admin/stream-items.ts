// TCP and UDP, which do not run yet: listed as they are declared, so that nothing is missing without a word.
import { providerOf, qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { item } from './item.ts'
import type { Item } from './item.ts'
import type { AdminSources } from './sources.ts'

type Protocol = 'tcp' | 'udp'

export function streamRouterItems(protocol: Protocol): (sources: AdminSources) => readonly Item[] {
  return ({ store }) =>
    entries(store.current[protocol].routers).map(([name, router]) => {
      const { rule, service, middlewares, priority, entryPoints = [] } = router
      const facts = {
        status: 'disabled',
        rule,
        service,
        middlewares,
        priority,
        entryPoints: entryPoints.length,
      } as const
      return item(name, facts, { ...router, ...notYet(protocol), using: [] })
    })
}

export function streamServiceItems(protocol: Protocol): (sources: AdminSources) => readonly Item[] {
  return ({ store }) =>
    entries(store.current[protocol].services).map(([name, service]) => {
      const usedBy = entries(store.current[protocol].routers)
        .filter(
          ([router, config]) => config.service !== undefined && qualify(config.service, providerOf(router)) === name,
        )
        .map(([router]) => router)
      return item(name, { status: 'disabled', type: 'loadbalancer' }, { ...service, ...notYet(protocol), usedBy })
    })
}

export function streamMiddlewareItems({ store }: AdminSources): readonly Item[] {
  return entries(store.current.tcp.middlewares).map(([name, middleware]) =>
    item(
      name,
      { status: 'disabled', type: Object.keys(middleware)[0]?.toLowerCase() },
      { ...middleware, ...notYet('tcp') },
    ),
  )
}

function notYet(protocol: Protocol): object {
  return { status: 'disabled', error: [`${protocol.toUpperCase()} is not supported yet`] }
}

function entries<T>(objects: ReadonlyMap<string, T>): readonly (readonly [QualifiedName, T])[] {
  return [...objects] as unknown as readonly (readonly [QualifiedName, T])[]
}
