// Options of Traefik 1 and 2 that Traefik 3 refuses to start with, and what to write instead.
import { unsupported } from '../labels/schema.ts'
import type { Inert } from '../labels/schema.ts'

const removal = 'this option was removed in Traefik 3'

export function removed(instead: string, { mayBeOff = false } = {}): Inert {
  return unsupported(`${removal}: ${instead}`, { mayBeOff })
}

export function isRemoved(sentence: string): boolean {
  return sentence.startsWith(removal)
}

const tracing = removed('tracing.otlp replaces the backends of single vendors (Muster accepts it without effect)')

export const removedTracing = {
  spanNameLimit: removed('leave it out'),
  jaeger: tracing,
  zipkin: tracing,
  datadog: tracing,
  instana: tracing,
  haystack: tracing,
  elastic: tracing,
} as const

/** Of Traefik 1. As the beginning of a variable they are somebody else's: `TRAEFIK_ACME_EMAIL` for a compose file. */
export const removedRoots = {
  docker: removed('write providers.docker'),
  file: removed('write providers.file'),
  acme: removed('write certificatesResolvers.<name>.acme'),
  web: removed('write api, and ping or metrics beside it'),
  defaultEntryPoints: removed('write entryPoints.<name>.asDefault'),
  logLevel: removed('write log.level'),
} as const
