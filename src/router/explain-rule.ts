// Why a rule matches a request or does not: its tree, each part with its answer. For people, never on a request's way.
import type { RequestHead } from '../exchange/exchange.ts'
import { compileMatcher } from './matcher.ts'
import { printRule } from './rule.ts'
import type { Rule } from './rule.ts'

export interface RuleTrace {
  /** `call` for a matcher, else the operator that joins `operands`; `not` has one. */
  readonly kind: Rule['kind']
  /** The part as text of version 3. */
  readonly text: string
  readonly matches: boolean
  readonly operands: readonly RuleTrace[]
}

/** Every part is asked, also those a request's way would skip because the answer is known before them. */
export function explainRule(rule: Rule, head: RequestHead): RuleTrace {
  const operands = operandsOf(rule).map((operand) => explainRule(operand, head))
  return { kind: rule.kind, text: printRule(rule), matches: isMatch(rule, operands, head), operands }
}

/** Of a part with operands, from their answers: compiling it would compile all below it once more. */
function isMatch(rule: Rule, operands: readonly RuleTrace[], head: RequestHead): boolean {
  switch (rule.kind) {
    case 'call':
      return compileMatcher(rule)(head)
    case 'and':
      return operands.every(({ matches }) => matches)
    case 'or':
      return operands.some(({ matches }) => matches)
    case 'not':
      return operands[0]?.matches === false
  }
}

function operandsOf(rule: Rule): readonly Rule[] {
  if (rule.kind === 'call') return []
  return rule.kind === 'not' ? [rule.operand] : rule.operands
}
