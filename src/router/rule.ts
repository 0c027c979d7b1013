// A router's rule as a tree, how it is written down again, and what can be wrong with its text.
import { quote } from '../expression/go-string.ts'

export type MatcherName =
  | 'Host'
  | 'HostRegexp'
  | 'Path'
  | 'PathPrefix'
  | 'PathRegexp'
  | 'Method'
  | 'Header'
  | 'HeaderRegexp'
  | 'Query'
  | 'QueryRegexp'
  | 'ClientIP'

/** One matcher with its arguments as the user meant them: unquoted, not yet lower-cased or compiled. */
export interface Call {
  readonly kind: 'call'
  readonly name: MatcherName
  readonly args: readonly string[]
}

/** `and` and `or` have at least two operands; parentheses the user wrote are kept as nesting. */
export type Rule =
  | Call
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Rule[] }
  | { readonly kind: 'not'; readonly operand: Rule }

/**
 * The rule as text that parses to the same tree. Arguments are quoted by this function only: text put into a rule by a
 * template could close its quotes and widen the rule (CVE-2026-29777).
 */
export function printRule(rule: Rule): string {
  switch (rule.kind) {
    case 'call':
      return `${rule.name}(${rule.args.map(quote).join(', ')})`
    case 'and':
      return rule.operands.map((operand) => printOperand(operand, ['call', 'not'])).join(' && ')
    case 'or':
      return rule.operands.map((operand) => printOperand(operand, ['call', 'not', 'and'])).join(' || ')
    case 'not':
      return `!${printOperand(rule.operand, ['call', 'not'])}`
  }
}

function printOperand(rule: Rule, bare: readonly Rule['kind'][]): string {
  return bare.includes(rule.kind) ? printRule(rule) : `(${printRule(rule)})`
}
