// Middleware configuration → chain. One row per kind.
import type { Handler } from '../exchange/exchange.ts'
import type { PlannedMiddleware } from '../model/dynamic-config.ts'
import { addPrefix } from './add-prefix.ts'
import { encodedCharacters } from './encoded-characters.ts'
import { headers } from './headers.ts'
import type { Middleware } from './middleware.ts'
import { passReverse } from './pass-reverse.ts'
import { redirectRegex } from './redirect-regex.ts'
import { redirectScheme } from './redirect-scheme.ts'
import { replacePathRegex } from './replace-path-regex.ts'
import { replacePath } from './replace-path.ts'
import { stripPrefixRegex } from './strip-prefix-regex.ts'
import { stripPrefix } from './strip-prefix.ts'

type Compilers = {
  readonly [K in PlannedMiddleware['kind']]: (config: Extract<PlannedMiddleware, { kind: K }>) => Middleware
}

const compilers: Compilers = {
  addPrefix,
  // Traefik's guesses the type of an answer that names none. Here none is ever guessed, so there is nothing to switch.
  contentType: () => (next) => next,
  encodedCharacters,
  headers,
  passReverse,
  redirectRegex,
  redirectScheme,
  replacePath,
  replacePathRegex,
  stripPrefix,
  stripPrefixRegex,
}

/** Throws only for a configuration that `checkMiddleware` has not seen, or has found wrong. */
export function compileMiddleware(config: PlannedMiddleware): Middleware {
  const compile = compilers[config.kind] as (config: PlannedMiddleware) => Middleware
  return compile(config)
}

/** The first middleware is the outermost: it sees the request first. */
export function chain(middlewares: readonly Middleware[], last: Handler): Handler {
  return middlewares.reduceRight((next, middleware) => middleware(next), last)
}
