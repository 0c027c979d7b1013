// Where a request enters its route, and the two answers there are without one.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { RouteTable } from '../router/route-table.ts'

/** Before the first snapshot: every request is told to come back in a moment, since a 404 could be believed. */
export const startingUp: Handler = (exchange) => {
  respond(exchange, 503, 'no configuration yet\n', ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1'])
  return Promise.resolve()
}

/** Where no router matches: Traefik's text. */
export const notFound: Handler = (exchange) => {
  respond(exchange, 404, '404 page not found\n')
  return Promise.resolve()
}

export function entryPointHandler(plain: RouteTable, tls: RouteTable): Handler {
  return (exchange) => {
    const { head } = exchange
    const route = head.secure ? tls.find(head) : plain.find(head)
    if (route === undefined) return notFound(exchange)
    exchange.record.router = route.name
    return route.handler(exchange)
  }
}
