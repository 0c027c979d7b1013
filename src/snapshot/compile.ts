// A plan → handlers, in each data-plane thread: chains composed, route tables built. Everything with I/O (forwarding,
// Muster's own pages) is handed in.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { Books } from '../ledger/ledger.ts'
import { chain, compileMiddleware } from '../middleware/compile-middleware.ts'
import type { PlannedMiddleware, ServiceConfig } from '../model/dynamic-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { buildRouteTable } from '../router/route-table.ts'
import type { Route, RouteTable } from '../router/route-table.ts'
import type { Forward, Member } from '../service/member.ts'
import { compileService } from '../service/service.ts'
import { Memo } from './memo.ts'
import type { Plan, RoutePlace, RoutePlan } from './snapshot.ts'

export interface CompileContext {
  readonly entryPoints: readonly string[]
  readonly books: Books
  readonly forward: Forward
  readonly internalServices: ReadonlyMap<QualifiedName, Handler>
}

/** By entrypoint name: all entrypoints in one map, so that they change in the same instant. */
export type Handlers = ReadonlyMap<string, Handler>

/** Compiles one plan after the other: what stayed the same in the plan keeps its handler, and with it its state. */
export function createCompiler(context: CompileContext): (plan: Plan) => Handlers {
  const services = new Memo<QualifiedName, Handler>()
  const routes = new Map(context.entryPoints.map((name) => [name, new Memo<QualifiedName, Route>()]))

  return (plan) => {
    services.turn()
    for (const memo of routes.values()) memo.turn()
    const handlers = new Map<QualifiedName, Handler>(context.internalServices)
    for (const [name, service] of plan.services) {
      const turns = context.books.turns(name)
      handlers.set(
        name,
        services.recall(name, [service, turns], () => {
          const balancer = { members: membersOf(name, service, context.books), turns }
          return compileService(name, service, balancer, context.forward)
        }),
      )
    }
    const tables = new Map(context.entryPoints.map((name) => [name, { plain: [] as Route[], tls: [] as Route[] }]))
    for (const route of plan.routes.values()) {
      const service = handlers.get(route.service) ?? notFound
      for (const place of route.places) {
        const table = tables.get(place.entryPoint)
        const compiled = routes
          .get(place.entryPoint)
          ?.recall(route.name, [route, service], () => compileRoute(route, place, service))
        if (table === undefined || compiled === undefined) continue
        ;(place.tls ? table.tls : table.plain).push(compiled)
      }
    }
    return new Map(
      [...tables].map(([name, { plain, tls }]) => [
        name,
        entryPointHandler(buildRouteTable(plain), buildRouteTable(tls)),
      ]),
    )
  }
}

/** Before the first snapshot: every request is told to come back in a moment, since a 404 could be believed. */
export const startingUp: Handler = (exchange) => {
  respond(exchange, 503, 'no configuration yet\n', ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1'])
  return Promise.resolve()
}

/** Where no router matches: Traefik's text. */
const notFound: Handler = (exchange) => {
  respond(exchange, 404, '404 page not found\n')
  return Promise.resolve()
}

function compileRoute(plan: RoutePlan, place: RoutePlace, service: Handler): Route {
  const { name, rule, ruleText, priority, refusal, middlewares } = plan
  const composed = refusal === undefined ? compose([...place.before, ...middlewares], service) : refuse(refusal)
  const handler = place.quiet || place.unmeasured ? unobserved(place, composed) : composed
  return { name, rule, ruleText, priority, handler }
}

function compose(middlewares: readonly PlannedMiddleware[], service: Handler): Handler {
  return chain(middlewares.map(compileMiddleware), service)
}

function refuse(reason: string): Handler {
  return (exchange) => {
    respond(exchange, 503, `${reason}\n`)
    return Promise.resolve()
  }
}

function unobserved({ quiet, unmeasured }: RoutePlace, handler: Handler): Handler {
  return (exchange) => {
    exchange.record.quiet = quiet
    exchange.record.unmeasured = unmeasured
    return handler(exchange)
  }
}

function entryPointHandler(findPlain: RouteTable, findTls: RouteTable): Handler {
  return (exchange) => {
    const { head } = exchange
    const route = head.secure ? findTls(head) : findPlain(head)
    if (route === undefined) return notFound(exchange)
    exchange.record.router = route.name
    return route.handler(exchange)
  }
}

function membersOf(name: QualifiedName, { members }: ServiceConfig, books: Books): Member[] {
  return members.map(({ id, scheme, host, port, weight, slot }) => {
    const key = memberKey(name, id)
    const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
    return { key, url, scheme, host, port, weight, slot, row: books.row(key) }
  })
}
