// One router: its rule parsed, its chain composed, its references resolved, and every reason why it cannot be.
import type { Handler } from '../exchange/exchange.ts'
import type { RouterConfig } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import { didYouMean, nearest } from '../model/nearest.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { chain, compileMiddleware } from '../middleware/compile-middleware.ts'
import type { Middleware } from '../middleware/middleware.ts'
import type { Route } from '../router/route-table.ts'
import { parseRule } from '../router/rule-parser.ts'
import type { RouterInfo } from './snapshot.ts'

export interface CompiledRouter {
  readonly name: QualifiedName
  readonly info: RouterInfo
  /** Undefined when the router is disabled. */
  readonly route: Route | undefined
}

interface RouterContext {
  readonly entryPoints: readonly string[]
  readonly defaultEntryPoints: readonly string[]
  readonly services: ReadonlyMap<QualifiedName, Handler>
}

export function compileRouter(
  name: QualifiedName,
  router: RouterConfig,
  config: DynamicConfig,
  context: RouterContext,
): CompiledRouter {
  const errors: string[] = []
  const warnings: string[] = []
  const parsed = parseRule(router.rule)
  if (!parsed.ok)
    errors.push(
      `rule ${router.rule}: ${parsed.error.reason} at character ${parsed.error.position + 1}${hint(parsed.error.hint)}`,
    )
  const service = context.services.get(router.service as QualifiedName)
  if (service === undefined) errors.push(missing('service', router.service, context.services.keys()))
  const middlewares = resolveMiddlewares(router, config, errors)
  errors.push(...unreadMiddlewares(name, config))
  const using = resolveEntryPoints(router, context, errors, warnings)

  const ruleLength = BigInt(Buffer.byteLength(router.rule))
  const priority = router.priority === undefined || router.priority === 0n ? ruleLength : router.priority
  const status = errors.length > 0 ? 'disabled' : warnings.length > 0 ? 'warning' : 'enabled'
  const info: RouterInfo = { config: router, status, errors: [...errors, ...warnings], using, priority }
  if (errors.length > 0 || service === undefined || !parsed.ok) return { name, info, route: undefined }
  const route: Route = {
    name,
    rule: parsed.rule,
    ruleText: router.rule,
    priority,
    handler: chain(middlewares, service),
  }
  return { name, info, route }
}

// A router that lacks one of its middlewares must not serve without it: it may be the one that asks for a password.
function resolveMiddlewares(router: RouterConfig, config: DynamicConfig, errors: string[]): Middleware[] {
  return router.middlewares.flatMap((reference) => {
    const middleware = config.middlewares.get(reference as QualifiedName)
    if (middleware !== undefined) return compileMiddleware(middleware)
    errors.push(missing('middleware', reference, config.middlewares.keys()))
    return []
  })
}

// For the same reason: `routers.x.middleware=auth` was meant to protect it, and is not read.
function unreadMiddlewares(name: QualifiedName, { problems }: DynamicConfig): string[] {
  return problems
    .filter(
      ({ severity, object, provider }) =>
        severity === 'error' && object?.kind === 'router' && `${object.name}@${provider}` === name,
    )
    .flatMap(({ field = '' }) => /\.([^.[]+)[^.]*$/.exec(field)?.[1] ?? [])
    .filter((field) => nearest(field, ['middlewares']) !== undefined)
    .map((field) => `its field "${field}" cannot be read and may name a middleware that protects it`)
}

function resolveEntryPoints(
  { entryPoints }: RouterConfig,
  context: RouterContext,
  errors: string[],
  warnings: string[],
): readonly string[] {
  if (entryPoints === undefined) return context.defaultEntryPoints
  const known = entryPoints.filter((entryPoint) => context.entryPoints.includes(entryPoint))
  const into = known.length === 0 ? errors : warnings
  for (const entryPoint of entryPoints) {
    if (!known.includes(entryPoint)) into.push(missing('entrypoint', entryPoint, context.entryPoints))
  }
  return known
}

function missing(kind: string, name: string, known: Iterable<string>): string {
  return `${kind} "${name}" does not exist${hint(didYouMean(name, known))}`
}

function hint(text: string | undefined): string {
  return text === undefined ? '' : `; ${text}`
}
