// A router that never takes a request, since another one that matches all of them is asked before.
import type { QualifiedName } from '../../../model/qualified-name.ts'
import { rankRoutes } from '../../../router/route-order.ts'
import type { Ranked } from '../../../router/route-order.ts'
import { parseRule } from '../../../router/rule-parser.ts'
import type { Rule as RuleTree } from '../../../router/rule.ts'
import type { RouterInfo } from '../../../snapshot/snapshot.ts'
import type { Assembly } from '../../compose/assemble.ts'
import { saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'
import { objectLabel, serviceOf } from '../locate.ts'
import { covers } from './rule-cover.ts'

interface Candidate extends Ranked {
  readonly name: QualifiedName
  readonly info: RouterInfo
  readonly rule: RuleTree
  readonly length: number
}

export const shadowed: Rule = (assembly) => {
  const candidates = candidatesOf(assembly)
  return candidates.flatMap((router, index) => {
    const { name, info } = router
    const before = candidates.slice(0, index)
    const winners = info.using.map((entryPoint) =>
      before.find((other) => isSamePlace(other, router, entryPoint) && covers(other.rule, router.rule)),
    )
    const [winner] = winners
    const service = serviceOf(assembly, info.origin?.source ?? '')
    if (winner === undefined || service === undefined || winners.includes(undefined)) return []
    const own = name.replace(/@docker$/, '')
    const label = objectLabel(service, { kind: 'router', name: own }, 'rule')
    const reason =
      winner.info.priority > info.priority
        ? `has priority ${winner.info.priority} over ${info.priority}`
        : `has the same priority ${info.priority}, and comes first by ${winner.length > router.length ? 'its longer rule' : 'its name'}`
    return saidOf(service, label, {
      at: 'value',
      severity: 'warning',
      message: `router "${own}" never takes a request: "${winner.name.replace(/@docker$/, '')}" matches all of them and ${reason}`,
      hint: `give "${own}" a priority above ${winner.info.priority}`,
    })
  })
}

/** In the order they are tried. */
function candidatesOf({ snapshot, proxy }: Assembly): readonly Candidate[] {
  const syntax = proxy?.settings?.core.defaultRuleSyntax
  const candidates = [...snapshot.routers].flatMap(([name, info]) => {
    const { rule: ruleText, ruleSyntax = syntax } = info.config
    const parsed = parseRule(ruleText, ruleSyntax)
    if (!parsed.ok) return []
    return { name, info, rule: parsed.rule, ruleText, priority: info.priority, length: Buffer.byteLength(ruleText) }
  })
  return rankRoutes(candidates)
}

function isSamePlace(a: Candidate, b: Candidate, entryPoint: string): boolean {
  return a.info.using.includes(entryPoint) && (a.info.config.tls === undefined) === (b.info.config.tls === undefined)
}
