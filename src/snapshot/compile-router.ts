// One router: its rule parsed, its chain composed, its references resolved, and every reason why it cannot be.
import type { Handler } from '../exchange/exchange.ts'
import type { RouterConfig } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { Problem } from '../model/problem.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { chain } from '../middleware/compile-middleware.ts'
import { parseRule } from '../router/rule-parser.ts'
import type { Route } from '../router/route-table.ts'
import { findEntryPoints, findMiddlewares, findService, findUnread } from './router-references.ts'
import type { Finding, KnownObjects } from './router-references.ts'
import type { RouterInfo } from './snapshot.ts'

export interface CompiledRouter {
  readonly name: QualifiedName
  readonly info: RouterInfo
  readonly problems: readonly Problem[]
  /** Undefined when the router is disabled. */
  readonly route: Route | undefined
}

export function compileRouter(
  name: QualifiedName,
  router: RouterConfig,
  config: DynamicConfig,
  known: KnownObjects,
): CompiledRouter {
  const findings: Finding[] = findUnread(name, config)
  const report = (finding: Finding): void => void findings.push(finding)
  const parsed = parseRule(router.rule)
  if (!parsed.ok) {
    const { reason, position, hint } = parsed.error
    report({
      severity: 'error',
      option: 'rule',
      reason: `${router.rule}: ${reason} at character ${position + 1}`,
      hint,
    })
  }
  const service = findService(router, known, report)
  const middlewares = findMiddlewares(router, config, report)
  const using = findEntryPoints(router, known, report)

  const ruleLength = BigInt(Buffer.byteLength(router.rule))
  const priority = router.priority === undefined || router.priority === 0n ? ruleLength : router.priority
  const disabled = findings.some(({ severity }) => severity === 'error')
  const info: RouterInfo = {
    config: router,
    status: disabled ? 'disabled' : findings.length > 0 ? 'warning' : 'enabled',
    errors: findings.map(({ option, reason, hint }) => `${option}: ${reason}${hint === undefined ? '' : `; ${hint}`}`),
    using,
    priority,
  }
  const problems = findings.map((finding) => problemOf(name, finding, config))
  const serves = !disabled && parsed.ok && service !== undefined
  return { name, info, problems, route: serves ? route(parsed.rule, service) : undefined }

  function route(rule: Route['rule'], last: Handler): Route {
    return { name, rule, ruleText: router.rule, priority, handler: chain(middlewares, last) }
  }
}

function problemOf(name: QualifiedName, { severity, option, reason, hint }: Finding, config: DynamicConfig): Problem {
  const provider = providerOf(name)
  const origin = config.origins.get(name)
  return {
    severity,
    provider,
    source: origin?.source ?? name,
    field: origin === undefined ? option : `${origin.field}.${option}`,
    object: { kind: 'router', name: name.slice(0, -provider.length - 1) },
    reason,
    hint,
  }
}
