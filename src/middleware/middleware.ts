// Middlewares are composed when a snapshot is compiled; a request only walks the chain.
import type { Handler } from '../exchange/exchange.ts'
import type { MiddlewareConfig } from '../model/dynamic-config.ts'
import { stripPrefix } from './strip-prefix.ts'

export type Middleware = (next: Handler) => Handler

/** One row per kind. */
const compilers: {
  readonly [K in MiddlewareConfig['kind']]: (config: Extract<MiddlewareConfig, { kind: K }>) => Middleware
} = {
  stripPrefix,
}

export function compileMiddleware(config: MiddlewareConfig): Middleware {
  return compilers[config.kind](config)
}

/** The first middleware is the outermost: it sees the request first. */
export function chain(middlewares: readonly Middleware[], last: Handler): Handler {
  return middlewares.reduceRight((next, middleware) => middleware(next), last)
}
