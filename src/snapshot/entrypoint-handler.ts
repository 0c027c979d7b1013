// Where a request enters its route, and the two answers there are without one.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { steadyMs } from '../ledger/steady-clock.ts'
import type { RouteTable } from '../router/route-table.ts'
import type { Holds } from '../service/holds.ts'

/** What the first configuration of an entrypoint is waited for as. No service is called so: they have a provider. */
export function startOf(entryPoint: string): string {
  return `start of ${entryPoint}`
}

/**
 * Before the first snapshot: every request waits for it, and is told to come back in a moment when it does not come, since a
 * 404 could be believed.
 */
export function startingUp(entryPoint: string, holds: Holds, holdMs: number): Handler {
  return async (exchange) => {
    const refusal = holdMs > 0 ? await holds.hold(startOf(entryPoint), exchange, { ms: holdMs, since: steadyMs() }) : ''
    if (refusal !== undefined) respond(exchange, 503, 'no configuration yet\n', comeAgain)
  }
}

const comeAgain = ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1']

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
