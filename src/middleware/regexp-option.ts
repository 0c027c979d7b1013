// Regular expressions and replacements in a middleware's options: checked when a snapshot is linked, compiled later.
import assert from 'node:assert/strict'
import { compileRegexp, type Regexp } from '../expression/regexp.ts'
import { parseReplacement, type Replacement } from '../expression/replacement.ts'
import type { MiddlewareFlaw } from './middleware.ts'

/** Throws an assertion for a pattern that `checkMiddleware` has not seen. */
export function compiled(pattern: string): Regexp {
  const regexp = compileRegexp(pattern)
  assert(!('reason' in regexp), 'checkMiddleware lets no bad pattern in')
  return regexp
}

/** Throws an assertion for a text that `checkMiddleware` has not seen. */
export function replacementOf(text: string): Replacement {
  const replacement = parseReplacement(text)
  assert(!('reason' in replacement), 'checkMiddleware lets no bad replacement in')
  return replacement
}

/** Longer than what any client or member takes; each of several middlewares could multiply a path by hundreds. */
const resultLengthMax = 65_536

/** Every match replaced. Undefined when that would take too long, or make too much. */
export function replaceAll(regexp: Regexp, text: string, replacement: Replacement): string | undefined {
  if (text.length > resultLengthMax) return undefined
  const result = regexp.replaceAll(text, replacement)
  return result !== undefined && result.length > resultLengthMax ? undefined : result
}

export function checkRegexp(option: string, pattern: string): MiddlewareFlaw | undefined {
  const regexp = compileRegexp(pattern)
  return 'reason' in regexp ? { reason: `${option}: "${pattern}": ${regexp.reason}`, hint: regexp.hint } : undefined
}
