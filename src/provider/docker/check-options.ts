// What is wrong with the provider's own options, said once, at start.
import type { DeclareOptions } from './declare.ts'
import { parseConstraints } from './constraints.ts'
import { parseTemplate } from './template/parser.ts'

export interface OptionFlaw {
  /** `error`: Muster cannot do what is asked, and does not start. */
  readonly severity: 'error' | 'warning'
  /** `providers.docker.constraints` */
  readonly option: string
  /** With its place and the way out. */
  readonly reason: string
}

export function checkDeclareOptions({
  constraints,
  defaultRule,
}: Pick<DeclareOptions, 'constraints' | 'defaultRule'>): readonly OptionFlaw[] {
  const flaws: OptionFlaw[] = []
  const parsed = parseConstraints(constraints ?? '')
  const option = 'providers.docker.constraints'
  if (!parsed.ok) flaws.push({ severity: 'error', option, reason: located(parsed) })
  else for (const reason of parsed.warnings) flaws.push({ severity: 'warning', option, reason })
  const template = parseTemplate(defaultRule)
  if (!template.ok) {
    flaws.push({ severity: 'error', option: 'providers.docker.defaultRule', reason: located(template.flaw) })
  }
  return flaws
}

function located(flaw: { reason: string; position: number; hint: string | undefined }): string {
  return `${flaw.reason} at character ${flaw.position + 1}${flaw.hint === undefined ? '' : `; ${flaw.hint}`}`
}
