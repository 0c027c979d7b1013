// Calls of version 3: a matcher's name, and whether its arguments make sense.
import { buildMatcher, matcherArity, matcherNames } from './matcher-table.ts'
import type { StepBudget } from '../expression/regexp.ts'
import { printRule } from './rule.ts'
import type { PlacedFlaw } from '../expression/flaw.ts'
import type { MatcherName, Rule } from './rule.ts'
import { emptyArgument, errorAt, makeDialect } from './rule-dialect.ts'
import type { Token } from '../expression/lexer.ts'

export const version3 = makeDialect(matcherNames.map((name) => ({ name, read: (...call) => readCall(name, ...call) })))

function readCall(name: MatcherName, token: Token, args: readonly Token[], budget: StepBudget): Rule | PlacedFlaw {
  const arity = matcherArity(name)
  const values = args.map(({ text }) => text)
  if (!arity.includes(args.length)) {
    const plural = arity.at(-1) === 1 ? '' : 's'
    const reason = `${name} takes ${arity.join(' or ')} argument${plural}, not ${args.length}`
    const splits = arity.at(-1) === 1 && args.length > 1 && !values.includes('')
    return { position: token.position, reason, hint: splits ? `write ${oneCallEach(name, values)}` : undefined }
  }
  const empty = emptyArgument(name, args)
  if (empty !== undefined) return empty
  const call = { kind: 'call', name, args: values } as const
  const built = buildMatcher(call, budget)
  return typeof built === 'function' ? call : errorAt(args, built)
}

/** Version 2 of the grammar had Host(`a`, `b`); in version 3 that is two matchers. */
function oneCallEach(name: MatcherName, values: readonly string[]): string {
  return printRule({ kind: 'or', operands: values.map((value) => ({ kind: 'call', name, args: [value] })) })
}
