// One router: its rule parsed, its references resolved, and every reason why it cannot be.
import type { RouterConfig } from '../model/dynamic-config.ts'
import type { DynamicConfig } from '../model/merge.ts'
import type { Problem } from '../model/problem.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { parseRule } from '../router/rule-parser.ts'
import { findEntryPoints, findMiddlewares, findService, findUnread } from './router-references.ts'
import type { Finding, KnownObjects } from './router-references.ts'
import type { RoutePlan, RouterInfo } from './snapshot.ts'

export interface LinkedRouter {
  readonly name: QualifiedName
  readonly info: RouterInfo
  readonly problems: readonly Problem[]
  /** Undefined when the router is disabled. */
  readonly route: RoutePlan | undefined
}

export function linkRouter(
  name: QualifiedName,
  router: RouterConfig,
  config: DynamicConfig,
  known: KnownObjects,
): LinkedRouter {
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
  if (disabled || !parsed.ok || service === undefined) return { name, info, problems, route: undefined }
  const route = { name, rule: parsed.rule, ruleText: router.rule, priority, entryPoints: using, middlewares, service }
  return { name, info, problems, route }
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
