// The request target (RFC 9112 section 3.2): which of its four forms it has, and its parts.
import { canonicalPath } from './canonical-path.ts'
import type { PathRules } from './canonical-path.ts'

export interface TargetRules extends PathRules {
  /** What a raw `;` in a query becomes, for rules and members alike: `&`, a separator to all, or `%3B`, one to nobody. */
  readonly semicolon: '&' | '%3B'
}

export interface RequestTarget {
  /** The authority of an absolute-form target; it overrides the Host field. */
  readonly authority: string | undefined
  /** Canonical; starts with `/`. */
  readonly path: string
  /** What follows the first `?`, as sent but for its semicolons. */
  readonly query: string | undefined
}

const schemes = ['http://', 'https://']

/** Undefined for a rootless or opaque target, a fragment, a path that has no canonical form. `*` is the caller's. */
export function parseTarget(target: string, rules: TargetRules): RequestTarget | undefined {
  // Raw `#` separates what some parsers see from what others do; it is never part of a request target.
  if (target.includes('#')) return undefined
  if (target.startsWith('/')) return parsePathAndQuery(target, undefined, rules)
  const scheme = schemes.find((prefix) => target.slice(0, prefix.length).toLowerCase() === prefix)
  if (scheme === undefined) return undefined
  const rest = target.slice(scheme.length)
  const end = rest.search(/[/?]/)
  const authority = end === -1 ? rest : rest.slice(0, end)
  const pathAndQuery = end === -1 ? '/' : rest.slice(end)
  return parsePathAndQuery(pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`, authority, rules)
}

function parsePathAndQuery(text: string, authority: string | undefined, rules: TargetRules): RequestTarget | undefined {
  const mark = text.indexOf('?')
  const path = canonicalPath(mark === -1 ? text : text.slice(0, mark), rules)
  if (path === undefined) return undefined
  return { authority, path, query: mark === -1 ? undefined : readQuery(text.slice(mark + 1), rules) }
}

/** A `;` that only the member takes for a separator would show it parameters that no rule has seen. */
function readQuery(text: string, { semicolon }: TargetRules): string {
  return text.includes(';') ? text.replaceAll(';', semicolon) : text
}
