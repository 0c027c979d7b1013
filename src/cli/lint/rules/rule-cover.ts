// Whether one rule matches everything another one does: certain when true, since it only compares what it understands.
import { parseHostPattern } from '../../../router/host-pattern.ts'
import { printRule } from '../../../router/rule.ts'
import type { Rule } from '../../../router/rule.ts'

/** Rules with more alternatives are not compared. */
const alternativesMax = 64

type Conjunction = readonly Rule[]

export function covers(broad: Rule, narrow: Rule): boolean {
  const all = alternatives(broad)
  const some = alternatives(narrow)
  if (all === undefined || some === undefined) return false
  return some.every((ours) =>
    all.some((theirs) => theirs.every((matcher) => ours.some((own) => implies(own, matcher)))),
  )
}

/** The rule as `or` of `and`s; undefined when they are too many. */
function alternatives(rule: Rule): readonly Conjunction[] | undefined {
  if (rule.kind === 'call' || rule.kind === 'not') return [[rule]]
  const operands = rule.operands.map(alternatives)
  let all: readonly Conjunction[] = rule.kind === 'or' ? [] : [[]]
  for (const operand of operands) {
    if (operand === undefined) return undefined
    all = rule.kind === 'or' ? [...all, ...operand] : all.flatMap((left) => operand.map((right) => [...left, ...right]))
    if (all.length > alternativesMax) return undefined
  }
  return all
}

/** Every request that matches `narrow` matches `broad`. */
function implies(narrow: Rule, broad: Rule): boolean {
  if (printRule(narrow) === printRule(broad)) return true
  if (narrow.kind !== 'call' || broad.kind !== 'call') return false
  const [inner = ''] = narrow.args
  const [outer = ''] = broad.args
  if (broad.name === 'PathPrefix') {
    return (narrow.name === 'PathPrefix' || narrow.name === 'Path') && inner.startsWith(outer)
  }
  if (broad.name !== 'Host' || narrow.name !== 'Host') return false
  const host = parseHostPattern(inner)
  const pattern = parseHostPattern(outer)
  if ('reason' in host || 'reason' in pattern) return false
  if (pattern.kind === 'any') return true
  if (pattern.kind === 'host') return host.kind === 'host' && host.host === pattern.host
  if (host.kind === 'subdomains') return host.parent === pattern.parent
  return host.kind === 'host' && host.host.slice(host.host.indexOf('.') + 1) === pattern.parent
}
