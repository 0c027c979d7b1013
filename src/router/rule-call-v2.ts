// Calls of version 2, one row each, as rules of version 3.
import { buildMatcher } from './matcher-table.ts'
import type { PlacedFlaw } from '../expression/flaw.ts'
import type { Rule } from './rule.ts'
import { emptyArgument, errorAt, makeDialect } from './rule-dialect.ts'
import type { CallReader } from './rule-dialect.ts'
import { each, host, hostRegexp, pairs, pathTemplate, plain, queries } from './translate-v2.ts'
import type { Translate } from './translate-v2.ts'

const rows: Readonly<Record<string, readonly [join: 'and' | 'or', translate: Translate]>> = {
  Host: ['or', each(host)],
  HostHeader: ['or', each(host)],
  HostRegexp: ['or', each(hostRegexp)],
  ClientIP: ['or', each(plain('ClientIP'))],
  Path: ['or', each(pathTemplate('Path', '$'))],
  PathPrefix: ['or', each(pathTemplate('PathPrefix', ''))],
  Method: ['or', each(plain('Method'))],
  Headers: ['and', pairs('Header')],
  HeadersRegexp: ['and', pairs('HeaderRegexp')],
  Query: ['and', queries],
}

export const version2 = makeDialect(
  Object.entries(rows).map(([name, [join, translate]]) => callReader(name, join, translate)),
)

function callReader(name: string, join: 'and' | 'or', translate: Translate): CallReader {
  return {
    name,
    read: (token, args, budget): Rule | PlacedFlaw => {
      if (args.length === 0) return { position: token.position, reason: `${name} takes arguments`, hint: undefined }
      const empty = emptyArgument(name, args)
      if (empty !== undefined) return empty
      const terms = translate(
        args.map(({ text }) => text),
        budget,
      )
      if ('reason' in terms) return errorAt(args, terms)
      for (const { call, from } of terms) {
        const built = buildMatcher(call, budget)
        if (typeof built !== 'function') return errorAt(args, { ...built, argument: from[built.argument] ?? 0 })
      }
      const operands = terms.map(({ call }) => call)
      const [first] = operands
      return first !== undefined && operands.length === 1 ? first : { kind: join, operands }
    },
  }
}
