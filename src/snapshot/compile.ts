// Dynamic configuration → snapshot. Pure: everything with I/O (forwarding, Muster's own pages) is handed in. A router
// that cannot work is disabled with its reasons and takes nothing else along.
import type { Ledger } from '../cluster/ledger.ts'
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { memberKey } from '../model/member-key.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import { buildRouteTable } from '../router/route-table.ts'
import type { Forward, Member } from '../service/member.ts'
import { compileService } from '../service/service.ts'
import { compileRouter } from './compile-router.ts'
import type { CompiledRouter } from './compile-router.ts'
import type { MiddlewareInfo, ServiceInfo, Snapshot } from './snapshot.ts'

export interface CompileContext {
  readonly version: number
  /** Every entrypoint's name, and those a router gets that names none. */
  readonly entryPoints: readonly string[]
  readonly defaultEntryPoints: readonly string[]
  readonly ledger: Ledger
  readonly forward: Forward
  /** Muster's own services: `api@internal`, `ping@internal`, … */
  readonly internalServices: ReadonlyMap<QualifiedName, Handler>
}

export function compile(config: DynamicConfig, context: CompileContext): Snapshot {
  const services = new Map<QualifiedName, Handler>(context.internalServices)
  for (const [name, service] of config.services) {
    services.set(name, compileService(name, service, membersOf(name, service, context.ledger), context.forward))
  }
  const routers = [...config.routers].map(([name, router]) =>
    compileRouter(name, router, config, { ...context, services }),
  )
  return Object.freeze({
    version: context.version,
    routers: new Map(routers.map((router) => [router.name, router.info])),
    services: serviceInfos(config, routers, context.internalServices),
    middlewares: middlewareInfos(config, routers),
    problems: [...config.problems, ...routers.flatMap(({ problems }) => problems)],
    handlers: new Map(context.entryPoints.map((entryPoint) => [entryPoint, entryPointHandler(entryPoint, routers)])),
  })
}

/** What an entrypoint answers before any configuration is known, and wherever no router matches: Traefik's text. */
export const notFound: Handler = (exchange) => {
  respond(exchange, 404, '404 page not found\n')
  return Promise.resolve()
}

function entryPointHandler(entryPoint: string, routers: readonly CompiledRouter[]): Handler {
  const routes = routers.filter(({ info }) => info.using.includes(entryPoint)).flatMap(({ route }) => route ?? [])
  const find = buildRouteTable(routes)
  return (exchange) => {
    const route = find(exchange.head)
    if (route === undefined) return notFound(exchange)
    exchange.record.router = route.name
    return route.handler(exchange)
  }
}

function membersOf(name: QualifiedName, { members }: ServiceConfig, ledger: Ledger): Member[] {
  return members.map(({ id, scheme, host, port, weight, slot }) => {
    const key = memberKey(name, id)
    return { key, scheme, host, port, weight, slot, row: ledger.row(key) }
  })
}

function serviceInfos(
  config: DynamicConfig,
  routers: readonly CompiledRouter[],
  internal: ReadonlyMap<QualifiedName, Handler>,
): Map<QualifiedName, ServiceInfo> {
  const usedBy = Map.groupBy(routers, ({ info }) => info.config.service as QualifiedName)
  const names = [...config.services.keys(), ...internal.keys()]
  return new Map(
    names.map((name) => [
      name,
      { config: config.services.get(name), status: 'enabled', usedBy: (usedBy.get(name) ?? []).map((r) => r.name) },
    ]),
  )
}

function middlewareInfos(
  config: DynamicConfig,
  routers: readonly CompiledRouter[],
): Map<QualifiedName, MiddlewareInfo> {
  return new Map(
    [...config.middlewares].map(([name, middleware]) => {
      const usedBy = routers.filter(({ info }) => info.config.middlewares.includes(name)).map((router) => router.name)
      return [name, { config: middleware, status: 'enabled', usedBy }]
    }),
  )
}
