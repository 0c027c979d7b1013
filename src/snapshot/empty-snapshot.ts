// Before the first configuration: every request is told to come back in a moment, since a 404 could be believed.
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { Snapshot } from './snapshot.ts'

export function emptySnapshot(entryPoints: readonly string[]): Snapshot {
  return {
    version: 0,
    routers: new Map(),
    services: new Map(),
    middlewares: new Map(),
    problems: [],
    handlers: new Map(entryPoints.map((entryPoint) => [entryPoint, startingUp])),
  }
}

const startingUp: Handler = (exchange) => {
  respond(exchange, 503, 'no configuration yet\n', ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1'])
  return Promise.resolve()
}
