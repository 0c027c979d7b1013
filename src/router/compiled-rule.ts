// What a route table needs of a rule, worked out once per rule however many tables hold it: rules keep their identity
// from one update to the next, and regular expressions and IP ranges take long to compile.
import type { HostPattern } from './host-pattern.ts'
import type { Matcher } from './matcher-table.ts'
import { compileMatcher } from './matcher.ts'
import { hostsOfRule } from './rule-hosts.ts'
import type { Rule } from './rule.ts'

interface CompiledRule {
  readonly matches: Matcher
  /** As `hostsOfRule`; undefined: any. */
  readonly hosts: readonly HostPattern[] | undefined
}

const compiled = new WeakMap<Rule, CompiledRule>()

export function compileRule(rule: Rule): CompiledRule {
  const known = compiled.get(rule)
  if (known !== undefined) return known
  const made = { matches: compileMatcher(rule), hosts: hostsOfRule(rule) }
  compiled.set(rule, made)
  return made
}
