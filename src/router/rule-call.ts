// What the parser must know of matchers: their names, and whether a call's arguments make sense.
import { didYouMean } from '../model/nearest.ts'
import { buildMatcher, matcherArity, matcherNames } from './matcher-table.ts'
import { printRule } from './rule.ts'
import type { MatcherName, RuleError } from './rule.ts'
import type { Token } from './rule-lexer.ts'

// Traefik accepts four spellings, not any case: PathPrefix, pathprefix, PATHPREFIX, Pathprefix.
const namesBySpelling: ReadonlyMap<string, MatcherName> = new Map(
  matcherNames.flatMap((name) => {
    const lower = name.toLowerCase()
    return [name, lower, name.toUpperCase(), name.charAt(0) + lower.slice(1)].map(
      (spelling) => [spelling, name] as const,
    )
  }),
)

export function findMatcher(spelling: string): MatcherName | undefined {
  return namesBySpelling.get(spelling)
}

export function unknownMatcher({ text, position }: Token): RuleError {
  return { position, reason: `unknown matcher "${text}"`, hint: hintFor(text) }
}

function hintFor(unknown: string): string {
  // The one name of version 2 whose nearest spelling (Header) is another matcher.
  if (unknown.toLowerCase() === 'hostheader') return 'version 3 calls it "Host"'
  return didYouMean(unknown, matcherNames) ?? `the matchers are ${matcherNames.join(', ')}`
}

/** What is wrong with a well-formed call, or undefined. `token` is its name; `args` are string tokens. */
export function checkCall(name: MatcherName, token: Token, args: readonly Token[]): RuleError | undefined {
  const arity = matcherArity(name)
  const values = args.map(({ text }) => text)
  if (!arity.includes(args.length)) {
    const plural = arity.at(-1) === 1 ? '' : 's'
    const reason = `${name} takes ${arity.join(' or ')} argument${plural}, not ${args.length}`
    const splits = arity.at(-1) === 1 && args.length > 1 && !values.includes('')
    return { position: token.position, reason, hint: splits ? `write ${oneCallEach(name, values)}` : undefined }
  }
  const empty = args.find(({ text }) => text === '')
  if (empty !== undefined) {
    return { position: empty.position, reason: `an argument of ${name} is empty`, hint: undefined }
  }
  const built = buildMatcher({ kind: 'call', name, args: values })
  if (typeof built === 'function') return undefined
  const { argument, reason, hint } = built
  return { position: args[argument]?.position ?? token.position, reason, hint }
}

/** Version 2 of the grammar had Host(`a`, `b`); in version 3 that is two matchers. */
function oneCallEach(name: MatcherName, values: readonly string[]): string {
  return printRule({ kind: 'or', operands: values.map((value) => ({ kind: 'call', name, args: [value] })) })
}
