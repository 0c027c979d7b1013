// Routers, services and middlewares in the JSON shapes of Traefik's API, so that its clients read ours.
import type { MiddlewareConfig, ServiceConfig } from '../model/dynamic-config.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { memberUrl } from './balancer-report.ts'
import type { AdminSources } from './sources.ts'
import type { RouterInfo, ServiceInfo } from '../snapshot/snapshot.ts'

/** An object with its name, as the lists give it; `rawdata` gives the same objects by name. */
export interface Item {
  readonly name: QualifiedName
  readonly provider: string
}

export function rawData(sources: AdminSources): object {
  const { routers, middlewares, services } = sources.store.current
  return {
    routers: byName(routers, routerShape),
    middlewares: byName(middlewares, ({ config, ...info }) => ({ ...middlewareShape(config), ...info })),
    services: byName(services, (info, name) => serviceShape(info, name, sources)),
  }
}

export function routerItems({ store }: AdminSources): readonly Item[] {
  return items(store.current.routers, routerShape)
}

export function serviceItems(sources: AdminSources): readonly Item[] {
  return items(sources.store.current.services, (info, name) => serviceShape(info, name, sources))
}

export function middlewareItems({ store }: AdminSources): readonly Item[] {
  return items(store.current.middlewares, ({ config, ...info }) => ({
    ...middlewareShape(config),
    ...info,
    type: config.kind.toLowerCase(),
  }))
}

function routerShape({ config, status, errors, using, priority }: RouterInfo, name: QualifiedName): object {
  return {
    entryPoints: using,
    middlewares: config.middlewares.length > 0 ? config.middlewares : undefined,
    service: withoutProvider(config.service, providerOf(name)),
    rule: config.rule,
    // JSON numbers of most clients end at 2^53; the text is exact.
    priority: Number(priority),
    priorityStr: String(priority),
    status,
    error: errors.length > 0 ? errors : undefined,
    using,
  }
}

function serviceShape({ config, status, usedBy }: ServiceInfo, name: QualifiedName, sources: AdminSources): object {
  if (config === undefined) return { status, usedBy }
  const own = sources.cluster.members.filter(({ service }) => service === name)
  const serverStatus = Object.fromEntries(own.map((m) => [memberUrl(m.config), m.state === 'ready' ? 'UP' : 'DOWN']))
  return { loadBalancer: loadBalancerShape(config), type: 'loadbalancer', status, usedBy, serverStatus }
}

function loadBalancerShape({ members, passHostHeader, stickyCookie }: ServiceConfig): object {
  return {
    sticky: stickyCookie && { cookie: stickyCookie },
    servers: members.map((member) => ({
      url: memberUrl(member),
      weight: member.weight === 1 ? undefined : member.weight,
    })),
    strategy: 'wrr',
    passHostHeader,
    responseForwarding: { flushInterval: '100ms' },
  }
}

function middlewareShape({ kind, ...options }: MiddlewareConfig): object {
  return { [kind]: options }
}

/** Traefik shows a reference inside the own provider without the provider. */
function withoutProvider(reference: string, provider: string): string {
  return provider !== 'internal' && reference.endsWith(`@${provider}`)
    ? reference.slice(0, -provider.length - 1)
    : reference
}

type Shape<T> = (info: T, name: QualifiedName) => object

function byName<T>(objects: ReadonlyMap<QualifiedName, T>, shape: Shape<T>): object {
  return Object.fromEntries([...objects].map(([name, info]) => [name, shape(info, name)]))
}

function items<T>(objects: ReadonlyMap<QualifiedName, T>, shape: Shape<T>): readonly Item[] {
  return [...objects].map(([name, info]) => ({ ...shape(info, name), name, provider: providerOf(name) }))
}
