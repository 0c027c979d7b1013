// What a router refers to, found or reported.
import type { MiddlewareConfig, RouterConfig } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import { didYouMean, nearest } from '../model/nearest.ts'
import type { Problem } from '../model/problem.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'

/** Something wrong with one option of a router; an `error` disables it. */
export interface Finding {
  readonly severity: Problem['severity']
  readonly option: string
  readonly reason: string
  readonly hint: string | undefined
}

type Report = (finding: Finding) => void

export interface KnownObjects {
  readonly entryPoints: readonly string[]
  readonly defaultEntryPoints: readonly string[]
  /** Those of the configuration and Muster's own. */
  readonly services: ReadonlySet<QualifiedName>
}

export function findService(
  router: RouterConfig,
  { services }: KnownObjects,
  report: Report,
): QualifiedName | undefined {
  const service = router.service as QualifiedName
  if (services.has(service)) return service
  report(missing('service', service, services))
  return undefined
}

/** A router that lacks one of its middlewares must not serve without it: it may be the one that asks for a password. */
export function findMiddlewares(
  router: RouterConfig,
  { middlewares }: DynamicConfig,
  report: Report,
): MiddlewareConfig[] {
  return router.middlewares.flatMap((reference) => {
    const middleware = middlewares.get(reference as QualifiedName)
    if (middleware !== undefined) return middleware
    report(missing('middlewares', reference, middlewares.keys()))
    return []
  })
}

/** For the same reason: `routers.x.middleware=auth` was meant to protect it, and is not read. */
export function findUnread(name: QualifiedName, { problems }: DynamicConfig): Finding[] {
  return problems
    .filter(({ severity, object }) => severity === 'error' && object?.kind === 'router')
    .filter(({ object, provider }) => `${object?.name}@${provider}` === name)
    .flatMap(({ field = '' }) => /\.([^.[]+)[^.]*$/.exec(field)?.[1] ?? [])
    .filter((option) => nearest(option, ['middlewares']) !== undefined)
    .map((option) => {
      const reason = 'cannot be read and may name a middleware that protects the router'
      return { severity: 'error', option, reason, hint: undefined }
    })
}

/** Unknown entrypoints among known ones are a warning, as in Traefik; none that is known disables the router. */
export function findEntryPoints(router: RouterConfig, known: KnownObjects, report: Report): readonly string[] {
  const { entryPoints } = router
  if (entryPoints === undefined) return known.defaultEntryPoints
  const using = entryPoints.filter((entryPoint) => known.entryPoints.includes(entryPoint))
  const severity = using.length === 0 ? 'error' : 'warning'
  for (const entryPoint of entryPoints) {
    if (using.includes(entryPoint)) continue
    const hint = didYouMean(entryPoint, known.entryPoints)
    report({ severity, option: 'entryPoints', reason: `entrypoint "${entryPoint}" does not exist`, hint })
  }
  return using
}

/** The nearest spelling among those of the same provider, so that the provider's own letters do not count as likeness. */
function missing(option: 'service' | 'middlewares', reference: string, known: Iterable<QualifiedName>): Finding {
  const provider = providerOf(reference as QualifiedName)
  const unqualified = (name: string): string => name.slice(0, -provider.length - 1)
  const candidates = [...known].filter((name) => providerOf(name) === provider).map(unqualified)
  const kind = option === 'service' ? 'service' : 'middleware'
  const hint = didYouMean(unqualified(reference), candidates)
  return { severity: 'error', option, reason: `${kind} "${reference}" does not exist`, hint }
}
