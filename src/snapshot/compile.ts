// A plan → handlers, in each data-plane thread: chains composed, route tables built. Everything with I/O (forwarding,
// Muster's own pages) is handed in.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { Books } from '../ledger/ledger.ts'
import { chain, compileMiddleware } from '../middleware/compile-middleware.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { buildRouteTable } from '../router/route-table.ts'
import type { Forward, Member } from '../service/member.ts'
import { compileService } from '../service/service.ts'
import type { Plan } from './snapshot.ts'

export interface CompileContext {
  readonly entryPoints: readonly string[]
  readonly books: Books
  readonly forward: Forward
  readonly internalServices: ReadonlyMap<QualifiedName, Handler>
}

/** By entrypoint name: all entrypoints in one map, so that they change in the same instant. */
export type Handlers = ReadonlyMap<string, Handler>

export function compile(plan: Plan, { entryPoints, books, forward, internalServices }: CompileContext): Handlers {
  const services = new Map<QualifiedName, Handler>(internalServices)
  for (const [name, service] of plan.services) {
    const balancer = { members: membersOf(name, service, books), turns: books.turns(name) }
    services.set(name, compileService(name, service, balancer, forward))
  }
  return new Map(entryPoints.map((entryPoint) => [entryPoint, entryPointHandler(entryPoint, plan, services)]))
}

/** Of all members a plan names. */
export function* memberKeysOf({ services }: Plan): Iterable<string> {
  for (const [name, { members }] of services) for (const { id } of members) yield memberKey(name, id)
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

function entryPointHandler(entryPoint: string, { routes }: Plan, services: ReadonlyMap<string, Handler>): Handler {
  const find = buildRouteTable(
    routes
      .filter(({ entryPoints }) => entryPoints.includes(entryPoint))
      .map(({ name, rule, ruleText, priority, middlewares, service }) => {
        const handler = chain(middlewares.map(compileMiddleware), services.get(service) ?? notFound)
        return { name, rule, ruleText, priority, handler }
      }),
  )
  return (exchange) => {
    const route = find(exchange.head)
    if (route === undefined) return notFound(exchange)
    exchange.record.router = route.name
    return route.handler(exchange)
  }
}

function membersOf(name: QualifiedName, { members }: ServiceConfig, books: Books): Member[] {
  return members.map(({ id, scheme, host, port, weight, slot }) => {
    const key = memberKey(name, id)
    return { key, scheme, host, port, weight, slot, row: books.row(key) }
  })
}
