// One router: its rule parsed, its references resolved, and every reason why it cannot be.
import type { ObservabilityConfig, RouterConfig, RuleSyntax } from '../model/dynamic-config.ts'
import type { Origin } from '../model/declaration.ts'
import type { Problem } from '../model/problem.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { localName, providerOf } from '../model/qualified-name.ts'
import { parseRule } from '../router/rule-parser.ts'
import type { ParsedRule } from '../router/rule-parser.ts'
import { findForeignHosts } from './granted-hosts.ts'
import type { Resolution } from './resolve-middleware.ts'
import { findEntryPoints, findService, findTls, findUnread, reportFaults } from './router-references.ts'
import type { EntryPointOptions, Finding, KnownObjects } from './router-references.ts'
import type { RoutePlace, RoutePlan, RouterInfo } from './snapshot.ts'

export interface LinkedRouter {
  readonly name: QualifiedName
  readonly info: RouterInfo
  readonly problems: readonly Problem[]
  /** Undefined when the router takes no requests. */
  readonly route: RoutePlan | undefined
}

/** A router and all it depends on. */
export interface RouterInputs {
  readonly name: QualifiedName
  readonly router: RouterConfig
  readonly origin: Origin | undefined
  /** What could not be read of it. */
  readonly unread: readonly Problem[]
  readonly middlewares: Resolution
  /** What comes before them on an entrypoint. */
  readonly beforeOn: (entryPoint: string) => readonly Resolution[]
}

export function linkRouter(inputs: RouterInputs, known: KnownObjects, defaultSyntax: RuleSyntax): LinkedRouter {
  const { name, router, origin, unread, middlewares, beforeOn } = inputs
  const findings: Finding[] = []
  const report = (finding: Finding): void => void findings.push(finding)
  findUnread(unread, report)
  const parsed = parseRule(router.rule, router.ruleSyntax ?? defaultSyntax)
  if (!parsed.ok) report(badRule(router, parsed))
  else findForeignHosts(parsed.rule, origin, report)
  const service = findService(router, known, origin, report)
  const using = findEntryPoints(router, known, report)
  const before = using.map(beforeOn)
  reportFaults([middlewares, ...before.flat()], report)
  findTls(router, using, known, report)

  const ruleLength = BigInt(Buffer.byteLength(router.rule))
  const priority = router.priority === undefined || router.priority === 0n ? ruleLength : router.priority
  const info = routerInfo({ config: router, using, priority, origin }, findings)
  const problems = findings.map((finding) => problemOf(name, finding, origin))
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (!parsed.ok || errors.some(({ guards }) => guards === undefined)) return { name, info, problems, route: undefined }
  const [guard] = errors
  return {
    name,
    info,
    problems,
    route: {
      name,
      rule: parsed.rule,
      ruleText: router.rule,
      priority,
      places: using.map((entryPoint, index) =>
        placeOf(entryPoint, router, known.entryPoints.get(entryPoint), before[index] ?? []),
      ),
      middlewares: middlewares.planned,
      service: service ?? (router.service as QualifiedName),
      cookie: router.stickyCookie,
      refusal: guard && `router "${name}" is not served: ${guard.guards}`,
    },
  }
}

function placeOf(
  entryPoint: string,
  router: RouterConfig,
  options: EntryPointOptions | undefined,
  before: readonly Resolution[],
): RoutePlace {
  const observed = { ...options?.observability, ...given(router.observability) }
  return {
    entryPoint,
    tls: router.tls !== undefined || options?.tls === true,
    before: before.flatMap(({ planned }) => planned),
    quiet: observed.accessLogs === false,
    unmeasured: observed.metrics === false,
  }
}

function given(observability: ObservabilityConfig | undefined): Partial<ObservabilityConfig> {
  return Object.fromEntries(Object.entries(observability ?? {}).filter(([, value]) => value !== undefined))
}

/** The same router with more to say of it, which disables nothing. */
export function withWarnings(linked: LinkedRouter, warnings: readonly Finding[]): LinkedRouter {
  const { info, problems, name } = linked
  return {
    ...linked,
    info: {
      ...info,
      status: info.status === 'enabled' ? 'warning' : info.status,
      errors: [...info.errors, ...warnings.map(textOf)],
    },
    problems: [...problems, ...warnings.map((finding) => problemOf(name, finding, info.origin))],
  }
}

function routerInfo(info: Omit<RouterInfo, 'status' | 'errors'>, findings: readonly Finding[]): RouterInfo {
  const disabled = findings.some(({ severity }) => severity === 'error')
  const status = disabled ? 'disabled' : findings.length > 0 ? 'warning' : 'enabled'
  return { ...info, status, errors: findings.map(textOf) }
}

function textOf({ option, reason, hint }: Finding): string {
  return `${option}: ${reason}${hint === undefined ? '' : `; ${hint}`}`
}

function badRule({ rule }: RouterConfig, { error }: Extract<ParsedRule, { ok: false }>): Finding {
  const reason = `${rule}: ${error.reason} at character ${error.position + 1}`
  return { severity: 'error', option: 'rule', reason, hint: error.hint }
}

function problemOf(name: QualifiedName, finding: Finding, origin: Origin | undefined): Problem {
  const { severity, option, reason, hint } = finding
  const provider = providerOf(name)
  return {
    severity,
    provider,
    source: origin?.source ?? name,
    field: origin === undefined ? option : `${origin.field}.${option}`,
    object: { kind: 'router', name: localName(name) },
    reason,
    hint,
  }
}
