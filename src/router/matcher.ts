// Rule → the one function that is called for every request.
import { buildMatcher } from './matcher-table.ts'
import type { Matcher } from './matcher-table.ts'
import type { Rule } from './rule.ts'

/** Throws when a call's arguments are ones `parseRule` refuses: rules come from there, so that would be our bug. */
export function compileMatcher(rule: Rule): Matcher {
  switch (rule.kind) {
    case 'call': {
      const matcher = buildMatcher(rule)
      if (typeof matcher !== 'function') throw new Error(`compiling an unchecked rule: ${matcher.reason}`)
      return matcher
    }
    case 'and':
      return all(rule.operands.map(compileMatcher))
    case 'or':
      return any(rule.operands.map(compileMatcher))
    case 'not': {
      const matches = compileMatcher(rule.operand)
      return (head) => !matches(head)
    }
  }
}

// Loops, since every() and some() would allocate a function per request.
function all(matchers: readonly Matcher[]): Matcher {
  return (head) => {
    for (const matches of matchers) if (!matches(head)) return false
    return true
  }
}

function any(matchers: readonly Matcher[]): Matcher {
  return (head) => {
    for (const matches of matchers) if (matches(head)) return true
    return false
  }
}
