// Middleware configuration → chain. One row per kind.
import type { Handler } from '../exchange/exchange.ts'
import type { MiddlewareConfig } from '../model/dynamic-config.ts'
import type { Middleware } from './middleware.ts'
import { stripPrefix } from './strip-prefix.ts'

type Compilers = {
  readonly [K in MiddlewareConfig['kind']]: (config: Extract<MiddlewareConfig, { kind: K }>) => Middleware
}

const compilers: Compilers = {
  stripPrefix,
}

export function compileMiddleware(config: MiddlewareConfig): Middleware {
  return compilers[config.kind](config)
}

/** The first middleware is the outermost: it sees the request first. */
export function chain(middlewares: readonly Middleware[], last: Handler): Handler {
  return middlewares.reduceRight((next, middleware) => middleware(next), last)
}
