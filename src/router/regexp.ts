// Regular expressions in rules: RE2, so that matching takes time linear in the text (a label cannot stall the proxy).
import { RE2JS } from 're2js'
import type { Flaw } from './rule.ts'

export interface Regexp {
  /** Is there a match anywhere in the text? Go's MatchString: not anchored. */
  test(text: string): boolean
}

// Linear in the text, but times the size of the program: an unlimited one takes seconds for one long path.
const patternLengthMax = 1024
const programSizeMax = 2000

/** Compiles a pattern, or says why not, in RE2's own words. */
export function compileRegexp(pattern: string): Regexp | Flaw {
  if (pattern.length > patternLengthMax) {
    return tooLarge(`is ${pattern.length} characters long; the limit is ${patternLengthMax}`)
  }
  try {
    const regexp = RE2JS.compile(pattern)
    if (regexp.programSize() <= programSizeMax) return regexp
    return tooLarge(`compiles to ${regexp.programSize()} steps; the limit is ${programSizeMax}`)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      reason: `bad regular expression: ${message.replace('error parsing regexp: ', '')}`,
      hint: perlHint(pattern),
    }
  }
}

function tooLarge(how: string): Flaw {
  return {
    reason: `the regular expression ${how}`,
    hint: 'use smaller repeat counts, or several matchers joined with ||',
  }
}

function perlHint(pattern: string): string | undefined {
  return /\(\?<?[=!>]|\\[1-9]/.test(pattern) ? 'RE2 has no look-around and no back-references' : undefined
}
