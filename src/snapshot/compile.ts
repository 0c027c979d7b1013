// A plan → handlers, in each data-plane thread: services and routes compiled, and put in their tables. Everything with I/O
// (forwarding, Muster's own pages) is handed in.
import type { Handler } from '../exchange/exchange.ts'
import type { Books } from '../ledger/ledger.ts'
import { steadyMs } from '../ledger/steady-clock.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import { applyChanges } from '../model/changes.ts'
import { memberKey } from '../model/member-key.ts'
import { Multimap } from '../model/multimap.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { RouteTable } from '../router/route-table.ts'
import type { Route } from '../router/route-table.ts'
import { memberOf } from '../service/member.ts'
import type { Member } from '../service/member.ts'
import { compileService } from '../service/service.ts'
import type { Service, ServiceContext } from '../service/service.ts'
import { compileRoute } from './compile-route.ts'
import { entryPointHandler, notFound } from './entrypoint-handler.ts'
import type { PlanUpdate } from './plan-update.ts'
import type { Plan, RoutePlace, RoutePlan } from './snapshot.ts'

export interface CompileContext extends ServiceContext {
  readonly entryPoints: readonly string[]
  readonly books: Books
  readonly internalServices: ReadonlyMap<QualifiedName, Handler>
}

/** By entrypoint name. */
export type Handlers = ReadonlyMap<string, Handler>

/** Undefined under a name: it is gone. */
type Changed<V> = ReadonlyMap<QualifiedName, V | undefined>

export class Compiler {
  readonly #context: CompileContext
  readonly #tables: ReadonlyMap<string, { readonly plain: RouteTable; readonly tls: RouteTable }>
  readonly #handlers: Handlers
  readonly #services = new Map<QualifiedName, Service>()
  /** What stands in the tables. */
  readonly #routes = new Map<QualifiedName, RoutePlan>()
  /** By the service they lead to, be it there or not. */
  readonly #users = new Multimap<QualifiedName, QualifiedName>()
  /** What changed since the last compile that succeeded. */
  readonly #dueServices = new Set<QualifiedName>()
  readonly #dueRoutes = new Set<QualifiedName>()

  constructor(context: CompileContext) {
    this.#context = context
    this.#tables = new Map(
      context.entryPoints.map((name) => [name, { plain: new RouteTable(), tls: new RouteTable() }]),
    )
    this.#handlers = new Map([...this.#tables].map(([name, { plain, tls }]) => [name, entryPointHandler(plain, tls)]))
  }

  /** As it is by now. */
  service(name: QualifiedName): Service | undefined {
    return this.#services.get(name)
  }

  /**
   * What stayed the same keeps its handler, and with it its state. All entrypoints change in the same instant; when it throws
   * none does, and what was due still is with the next update.
   * @param plan with the update in it
   * @param rearranged services that are the same in the plan but have new turns
   */
  compile(plan: Plan, update: PlanUpdate, rearranged: Iterable<QualifiedName>): Handlers {
    for (const name of update.services.keys()) this.#dueServices.add(name)
    for (const name of rearranged) this.#dueServices.add(name)
    for (const name of update.routes.keys()) this.#dueRoutes.add(name)
    // All that may throw comes before the first change.
    const services = this.#compileServices(plan)
    for (const name of services.keys()) for (const route of this.#users.get(name)) this.#dueRoutes.add(route)
    const changes = this.#compileRoutes(plan, services)
    applyChanges(this.#services, services)
    for (const [table, routes] of changes) table.update(routes)
    for (const name of this.#dueRoutes) this.#remember(name, plan.routes.get(name))
    this.#dueServices.clear()
    this.#dueRoutes.clear()
    return this.#handlers
  }

  #compileServices(plan: Plan): Changed<Service> {
    const { books } = this.#context
    const compiled = new Map<QualifiedName, Service | undefined>()
    for (const name of this.#dueServices) {
      const service = plan.services.get(name)
      if (service === undefined) compiled.set(name, undefined)
      else {
        const before = this.#services.get(name)
        const lostBefore = before?.canServe(false) === true ? steadyMs() : (before?.lostAt() ?? 0)
        const ground = { members: membersOf(name, service, books), turns: books.turns(name), lostBefore }
        compiled.set(name, compileService(name, service, ground, this.#context))
      }
    }
    return compiled
  }

  #compileRoutes(plan: Plan, services: Changed<Service>): ReadonlyMap<RouteTable, Changed<Route>> {
    const changes = new Map<RouteTable, Map<QualifiedName, Route | undefined>>()
    const change = (place: RoutePlace, name: QualifiedName, route: Route | undefined): void => {
      const table = this.#tables.get(place.entryPoint)?.[place.tls ? 'tls' : 'plain']
      if (table === undefined) return
      const routes = changes.get(table)
      if (routes === undefined) changes.set(table, new Map([[name, route]]))
      else routes.set(name, route)
    }
    for (const name of this.#dueRoutes) {
      for (const place of this.#routes.get(name)?.places ?? []) change(place, name, undefined)
      const route = plan.routes.get(name)
      if (route === undefined) continue
      const { service } = route
      const planned = services.has(service) ? services.get(service) : this.#services.get(service)
      const handler = planned?.serve ?? this.#context.internalServices.get(service) ?? notFound
      for (const place of route.places) change(place, name, compileRoute(route, place, handler))
    }
    return changes
  }

  #remember(name: QualifiedName, route: RoutePlan | undefined): void {
    const before = this.#routes.get(name)?.service
    applyChanges(this.#routes, [[name, route]])
    if (before === route?.service) return
    if (before !== undefined) this.#users.delete(before, name)
    if (route !== undefined) this.#users.add(route.service, name)
  }
}

function membersOf(name: QualifiedName, { members }: ServiceConfig, books: Books): Member[] {
  return members.map((member) => {
    const key = memberKey(name, member.id)
    return memberOf(key, member, books.row(key))
  })
}
