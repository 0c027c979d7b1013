// What an entrypoint's options make of request heads: worked out once, when it opens.
import { refusedEscapes } from '../exchange/path.ts'
import type { EntryPointSettings } from '../settings/settings.ts'
import { fieldRoles } from './field-roles.ts'
import type { FieldRules } from './request-fields.ts'
import type { TargetRules } from './request-target.ts'

export interface HeadRules extends FieldRules, TargetRules {
  readonly maxHeaderFields: number
  /** A field with an underscore in its name is answered 400. */
  readonly refusesUnderscores: boolean
  /** False: the member gets X-Forwarded-For as a trusted client sent it, or none. */
  readonly appendsForwardedFor: boolean
}

type Options = Pick<EntryPointSettings, 'forwardedHeaders' | 'paths'>

export function compileHeadRules({ forwardedHeaders, paths }: Options, maxHeaderFields: number): HeadRules {
  const { sanitize, encodedCharacters, encodeQuerySemicolons, underscoreHeaders } = paths
  const refused = refusedEscapes(encodedCharacters)
  return {
    maxHeaderFields,
    sanitize,
    refusedEscapes: refused.size === 0 ? undefined : refused,
    semicolon: encodeQuerySemicolons ? '%3B' : '&',
    roleOf: fieldRoles(underscoreHeaders),
    shownThoughNamed: new Set(forwardedHeaders.connection.map((name) => name.toLowerCase())),
    refusesUnderscores: underscoreHeaders === 'reject',
    appendsForwardedFor: !forwardedHeaders.notAppendXForwardedFor,
  }
}
