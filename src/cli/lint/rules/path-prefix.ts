// PathPrefix(`/foo`) takes /foobar as well.
import { parseRule } from '../../../router/rule-parser.ts'
import type { Call, Rule as RuleTree } from '../../../router/rule.ts'
import { proxyLabels, saidOf } from '../finding.ts'
import type { Rule } from '../finding.ts'
import { pathOf } from '../locate.ts'

export const pathPrefix: Rule = ({ project }) =>
  project.services.flatMap((service) =>
    proxyLabels(service).flatMap((label) => {
      if (!/^http\.routers\.[^.]+\.rule$/.test(pathOf(label.key))) return []
      const parsed = parseRule(label.value, 'v3')
      const loose = parsed.ok ? callsOf(parsed.rule).find(isLoose) : undefined
      const prefix = loose?.args[0] ?? ''
      if (loose === undefined) return []
      return saidOf(service, label, {
        at: 'value',
        severity: 'note',
        message: `PathPrefix(\`${prefix}\`) takes ${prefix}bar as well as ${prefix}/bar`,
        hint: `(Path(\`${prefix}\`) || PathPrefix(\`${prefix}/\`)) takes only what is below`,
      })
    }),
  )

function isLoose({ name, args: [prefix = ''] }: Call): boolean {
  return name === 'PathPrefix' && /[\p{L}\p{N}]$/u.test(prefix)
}

function callsOf(rule: RuleTree): readonly Call[] {
  if (rule.kind === 'call') return [rule]
  return rule.kind === 'not' ? [] : rule.operands.flatMap(callsOf)
}
