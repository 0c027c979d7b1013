// A rule's tree for people: what each matcher saw of the request.
import { fieldValues } from '../exchange/field-list.ts'
import type { RequestHead } from '../exchange/exchange.ts'
import { explainRule } from '../router/explain-rule.ts'
import type { RuleTrace } from '../router/explain-rule.ts'
import type { Call, Rule } from '../router/rule.ts'

export interface ExplainedRule {
  readonly kind: Rule['kind']
  readonly text: string
  readonly matches: boolean
  /** Of a matcher: the part of the request it looked at. */
  readonly saw?: string
  readonly operands: readonly ExplainedRule[]
}

export function explainMatchers(rule: Rule, head: RequestHead): ExplainedRule {
  return withSight(rule, explainRule(rule, head), head)
}

function withSight(rule: Rule, { kind, text, matches, operands }: RuleTrace, head: RequestHead): ExplainedRule {
  if (rule.kind === 'call') return { kind, text, matches, saw: sightOf(rule, head), operands: [] }
  const parts = rule.kind === 'not' ? [rule.operand] : rule.operands
  const explained = operands.flatMap((operand, index) => {
    const part = parts[index]
    return part === undefined ? [] : withSight(part, operand, head)
  })
  return { kind, text, matches, operands: explained }
}

/** By the first word of the matcher's name: `HostRegexp` looks at the host as `Host` does. */
const sights: readonly (readonly [begin: string, sight: (head: RequestHead, argument: string) => string])[] = [
  ['Host', ({ host }) => `the host is ${shown(host)}`],
  ['Path', ({ path }) => `the path is ${shown(path)}`],
  ['Method', ({ method }) => `the method is ${shown(method)}`],
  ['Header', ({ fields }, name) => fieldSight(fields, name)],
  ['Query', ({ query }) => (query === undefined ? 'there is no query' : `the query is ${shown(query)}`)],
  ['ClientIP', ({ clientIp }) => `the client is ${clientIp}`],
]

function sightOf({ name, args: [argument = ''] }: Call, head: RequestHead): string {
  const [, sight] = sights.find(([begin]) => name.startsWith(begin)) ?? []
  return sight?.(head, argument) ?? ''
}

function fieldSight(fields: readonly string[], name: string): string {
  const values = fieldValues(fields, name.toLowerCase())
  return values.length === 0 ? `there is no field ${name}` : `${name} is ${values.map(shown).join(' and ')}`
}

function shown(text: string): string {
  return JSON.stringify(text)
}
