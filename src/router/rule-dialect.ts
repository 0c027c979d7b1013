// A version of the rule syntax: its matchers by every spelling of their names. The grammar around them is the same.
import { didYouMean } from '../model/nearest.ts'
import type { ArgumentFlaw } from './matcher-table.ts'
import type { StepBudget } from '../expression/regexp.ts'
import type { PlacedFlaw } from '../expression/flaw.ts'
import type { Rule } from './rule.ts'
import type { Token } from '../expression/lexer.ts'

export interface CallReader {
  readonly name: string
  /** The call as a rule of version 3, or what is wrong with it. `token` is its name; `args` are string tokens. */
  readonly read: (token: Token, args: readonly Token[], budget: StepBudget) => Rule | PlacedFlaw
}

export type Dialect = ReadonlyMap<string, CallReader>

// Traefik accepts four spellings, not any case: PathPrefix, pathprefix, PATHPREFIX, Pathprefix.
export function makeDialect(readers: readonly CallReader[]): Dialect {
  return new Map(
    readers.flatMap((reader) => {
      const { name } = reader
      const lower = name.toLowerCase()
      const spellings = [name, lower, name.toUpperCase(), name.charAt(0) + lower.slice(1)]
      return spellings.map((spelling) => [spelling, reader] as const)
    }),
  )
}

export function unknownMatcher({ text, position }: Token, dialect: Dialect): PlacedFlaw {
  return { position, reason: `unknown matcher "${text}"`, hint: hintFor(text, dialect) }
}

function hintFor(unknown: string, dialect: Dialect): string {
  // The one name of version 2 whose nearest spelling (Header) is another matcher.
  if (unknown.toLowerCase() === 'hostheader') return 'version 3 calls it "Host"'
  const names = [...new Set([...dialect.values()].map(({ name }) => name))]
  return didYouMean(unknown, names) ?? `the matchers are ${names.join(', ')}`
}

export function emptyArgument(name: string, args: readonly Token[]): PlacedFlaw | undefined {
  const empty = args.find(({ text }) => text === '')
  if (empty === undefined) return undefined
  return { position: empty.position, reason: `an argument of ${name} is empty`, hint: undefined }
}

export function errorAt(args: readonly Token[], { argument, reason, hint }: ArgumentFlaw): PlacedFlaw {
  return { position: args[argument]?.position ?? 0, reason, hint }
}
