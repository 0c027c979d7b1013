// A request's target: a path the engine takes as it is written, or a flaw. Engines clean paths up and redirect, routers decode
// them once; a path that means anything else after that than it says is refused.
import type { Flaw } from './message-head.ts'

export interface Target {
  /** As written. */
  readonly rawPath: string
  /** Decoded, a character for each byte: what the engine's router compares. */
  readonly path: string
  /** Without the question mark; empty when there is none. */
  readonly query: string
}

/** @param target without spaces, in ASCII */
export function parseTarget(target: string): Target | Flaw {
  const mark = target.indexOf('?')
  const rawPath = mark === -1 ? target : target.slice(0, mark)
  if (!rawPath.startsWith('/')) return { flaw: 'its target is not a path' }
  if (target.includes('#')) return { flaw: 'its target has a fragment' }
  if (/%(?![\da-f]{2})/i.test(rawPath)) return { flaw: 'its path has a broken escape' }
  const path = rawPath.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (/[\p{Cc}\\]/u.test(path)) return { flaw: 'its path has control characters or backslashes' }
  if (path.includes('//') || /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) {
    return { flaw: 'its path has empty or dot segments, which an engine would resolve' }
  }
  return { rawPath, path, query: mark === -1 ? '' : target.slice(mark + 1) }
}
