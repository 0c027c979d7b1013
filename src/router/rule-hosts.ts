// Which hosts a rule can match at all: what the route table is indexed by.
import { parseHostPattern } from './host-pattern.ts'
import type { HostPattern } from './host-pattern.ts'
import type { Rule } from './rule.ts'

/**
 * Patterns of which every matching request's host matches at least one; undefined when the rule says nothing certain
 * (no Host, a negated one, only HostRegexp, `*`). A bound, not an equality: Host(`a`) && Path(`/x`) gives `a`.
 */
export function hostsOfRule(rule: Rule): readonly HostPattern[] | undefined {
  switch (rule.kind) {
    case 'call': {
      if (rule.name !== 'Host') return undefined
      const pattern = parseHostPattern(rule.args[0] ?? '')
      return 'reason' in pattern || pattern.kind === 'any' ? undefined : [pattern]
    }
    case 'and': {
      // Each operand bounds the whole; the shortest list is the best bound.
      const bounds = rule.operands.map(hostsOfRule).filter((hosts) => hosts !== undefined)
      return bounds.sort((a, b) => a.length - b.length)[0]
    }
    case 'or': {
      const bounds = rule.operands.map(hostsOfRule)
      return bounds.every((hosts) => hosts !== undefined) ? bounds.flat() : undefined
    }
    case 'not':
      return undefined
  }
}
