// What a router refers to, found or reported.
import type { ObservabilityConfig, RouterConfig } from '../model/dynamic-config.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import type { Origin } from '../model/declaration.ts'
import { didYouMean, nearest } from '../model/nearest.ts'
import type { Problem } from '../model/problem.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { missingName } from './missing-name.ts'
import type { Resolution } from './resolve-middleware.ts'

/**
 * Something wrong with one option of a router. An `error` disables it; one that `guards` may be what protects the router, which
 * then keeps its requests to itself and answers 503.
 */
export interface Finding {
  readonly severity: Problem['severity']
  readonly option: string
  readonly reason: string
  readonly hint: string | undefined
  /** There: what clients are told, since the reason may quote a value. */
  readonly guards?: string
}

type Report = (finding: Finding) => void

/** An entrypoint as routers see it. */
export interface EntryPointOptions {
  /** References of its own middlewares; without a provider they mean the router's. */
  readonly middlewares: readonly string[]
  readonly tls: boolean
  /** For routers that say nothing of it themselves. */
  readonly observability?: ObservabilityConfig | undefined
}

export interface KnownObjects {
  readonly entryPoints: ReadonlyMap<string, EntryPointOptions>
  readonly defaultEntryPoints: readonly string[]
  /** Of the configuration and Muster's own. */
  readonly hasService: (name: QualifiedName) => boolean
  /** Undefined also for Muster's own. */
  readonly service: (name: QualifiedName) => ServiceConfig | undefined
  readonly serviceNames: () => Iterable<QualifiedName>
}

/** Muster's own services that tell nobody anything and change nothing. */
const harmless: ReadonlySet<string> = new Set(['noop@internal', 'ping@internal'])

export function findService(
  router: RouterConfig,
  { hasService, service: find, serviceNames }: KnownObjects,
  origin: Origin | undefined,
  report: Report,
): QualifiedName | undefined {
  const service = router.service as QualifiedName
  if (!hasService(service)) {
    report({ severity: 'error', option: 'service', ...missingName('service', service, serviceNames()) })
    return undefined
  }
  // Whoever may start a container could otherwise open the API to the world under a host of their own.
  if (origin?.mayUseInternal === false && providerOf(service) === 'internal' && !harmless.has(service)) {
    const reason = `"${service}" is not for labels of this container`
    const hint = "set it in Muster's own compose project, or start Muster with --providers.docker.allowInternalServices"
    report({ severity: 'error', option: 'service', reason, hint })
    return undefined
  }
  if (find(service)?.pending?.['middlewares'] !== undefined) {
    const reason = `the middlewares of service "${service}" are not supported yet`
    report({ severity: 'error', option: 'service', reason, hint: 'name them on the router', guards: reason })
  }
  return service
}

/** A router that lacks one of its middlewares must not serve without it: it may be the one that asks for a password. */
export function reportFaults(resolutions: readonly Resolution[], report: Report): void {
  for (const { faults } of resolutions) {
    for (const { shown, ...fault } of faults)
      report({ severity: 'error', option: 'middlewares', guards: shown, ...fault })
  }
}

/** For the same reason: `routers.x.middleware=auth` was meant to protect it, and is not read. */
export function findUnread(problems: readonly Problem[], report: Report): void {
  for (const { field = '', object } of problems) {
    // Wherever it stands below the object: `middlewares.x` and `middlewares[0].x` name one as well.
    const name = `.${object?.name.toLowerCase()}.`
    const at = field.toLowerCase().indexOf(name)
    const below = at === -1 ? field : field.slice(at + name.length)
    const option = below.split(/[.[\]]+/).find((part) => nearest(part, ['middlewares']) !== undefined)
    if (option === undefined) continue
    const reason = 'cannot be read and may name a middleware that protects the router'
    report({
      severity: 'error',
      option,
      reason,
      hint: undefined,
      guards: `its option "${option}" cannot be read and may name a middleware`,
    })
  }
}

/** Unknown entrypoints among known ones are a warning, as in Traefik; none that is known disables the router. */
export function findEntryPoints(router: RouterConfig, known: KnownObjects, report: Report): readonly string[] {
  const { entryPoints } = router
  if (entryPoints === undefined) return known.defaultEntryPoints
  const using = entryPoints.filter((entryPoint) => known.entryPoints.has(entryPoint))
  const severity = using.length === 0 ? 'error' : 'warning'
  for (const entryPoint of entryPoints) {
    if (using.includes(entryPoint)) continue
    const hint = didYouMean(entryPoint, known.entryPoints.keys())
    report({ severity, option: 'entryPoints', reason: `entrypoint "${entryPoint}" does not exist`, hint })
  }
  return using
}

/** No entrypoint speaks TLS yet, and a router meant for TLS must not answer plain requests. */
export function findTls(router: RouterConfig, using: readonly string[], known: KnownObjects, report: Report): void {
  const secure = using.filter(
    (entryPoint) => router.tls !== undefined || known.entryPoints.get(entryPoint)?.tls === true,
  )
  if (secure.length === 0) return
  const all = secure.length === using.length
  const reason = `TLS is not supported yet: it takes no requests${all ? '' : ` on ${secure.join(', ')}`}`
  report({ severity: all ? 'error' : 'warning', option: 'tls', reason, hint: undefined })
}
