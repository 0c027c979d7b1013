// The request target (RFC 9112 section 3.2): which of its four forms it has, and its parts.
import { canonicalPath } from './canonical-path.ts'

export interface RequestTarget {
  /** The authority of an absolute-form target; it overrides the Host field. */
  readonly authority: string | undefined
  /** Canonical; starts with `/`. */
  readonly path: string
  /** What follows the first `?`, exactly as sent. */
  readonly query: string | undefined
}

const schemes = ['http://', 'https://']

/** Undefined for a rootless or opaque target, a fragment, a path that has no canonical form. `*` is the caller's. */
export function parseTarget(target: string, refusedEscapes?: ReadonlySet<string>): RequestTarget | undefined {
  // Raw `#` separates what some parsers see from what others do; it is never part of a request target.
  if (target.includes('#')) return undefined
  if (target.startsWith('/')) return parsePathAndQuery(target, undefined, refusedEscapes)
  const scheme = schemes.find((prefix) => target.slice(0, prefix.length).toLowerCase() === prefix)
  if (scheme === undefined) return undefined
  const rest = target.slice(scheme.length)
  const end = rest.search(/[/?]/)
  const authority = end === -1 ? rest : rest.slice(0, end)
  const pathAndQuery = end === -1 ? '/' : rest.slice(end)
  return parsePathAndQuery(pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`, authority, refusedEscapes)
}

function parsePathAndQuery(
  text: string,
  authority: string | undefined,
  refusedEscapes: ReadonlySet<string> | undefined,
): RequestTarget | undefined {
  const mark = text.indexOf('?')
  const path = canonicalPath(mark === -1 ? text : text.slice(0, mark), refusedEscapes)
  if (path === undefined) return undefined
  return { authority, path, query: mark === -1 ? undefined : text.slice(mark + 1) }
}
