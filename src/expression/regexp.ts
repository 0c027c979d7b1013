// Users' regular expressions: RE2, so that matching takes time linear in the text (a label cannot stall the proxy).
import { RE2JS } from 're2js'
import type { Replacement } from './replacement.ts'
import type { Flaw } from './flaw.ts'

export interface Regexp {
  /** Is there a match anywhere in the text? Go's MatchString: not anchored. */
  test(text: string): boolean
  /** What the leftmost match takes; undefined when nothing matches. Go's FindString. */
  find(text: string): string | undefined
  /**
   * Every match replaced, as Go's ReplaceAllString does it. A group that is unknown or took no part is empty. Undefined
   * when that would take too long: thousands of matches in a text of thousands of characters.
   */
  replaceAll(text: string, replacement: Replacement): string | undefined
}

// Linear in the text, but times the size of the program: an unlimited one takes seconds for one long path.
const patternLengthMax = 1024
const programSizeMax = 2000
// Compiling takes about a microsecond a step, in every thread: a rule full of large expressions would stop them for seconds.
const ruleStepsMax = 20_000
// Each match is one more search, and each may read to the end of the text: in steps times characters, about half a second.
const replaceWorkMax = 32_000_000

/** The steps that the expressions of one rule may still compile to. */
export interface StepBudget {
  left: number
}

export function ruleBudget(): StepBudget {
  return { left: ruleStepsMax }
}

/** Compiles a pattern, or says why not, in RE2's own words. Its size is taken from the budget. */
export function compileRegexp(pattern: string, budget = ruleBudget()): Regexp | Flaw {
  if (pattern.length > patternLengthMax) {
    return tooLarge(`is ${pattern.length} characters long; the limit is ${patternLengthMax}`)
  }
  try {
    const re2 = RE2JS.compile(pattern)
    if (re2.programSize() > programSizeMax) {
      return tooLarge(`compiles to ${re2.programSize()} steps; the limit is ${programSizeMax}`)
    }
    budget.left -= re2.programSize()
    if (budget.left < 0)
      return tooLarge(`brings the rule to more than ${ruleStepsMax} steps`, 'use smaller repeat counts')
    return {
      test: (text) => re2.test(text),
      find: (text) => find(re2, text),
      replaceAll: (text, replacement) => replaceAll(re2, text, replacement),
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      reason: `bad regular expression: ${message.replace('error parsing regexp: ', '')}`,
      hint: perlHint(pattern),
    }
  }
}

type Matcher = ReturnType<RE2JS['matcher']>

function find(re2: RE2JS, text: string): string | undefined {
  const matcher = re2.matcher(text)
  return matcher.find() ? text.slice(matcher.start(), matcher.end()) : undefined
}

function replaceAll(re2: RE2JS, text: string, replacement: Replacement): string | undefined {
  const matcher = re2.matcher(text)
  let result = ''
  let replaced = 0
  let work = 0
  for (let position = 0; position <= text.length;) {
    work += (text.length - position) * re2.programSize()
    if (work > replaceWorkMax) return undefined
    if (!matcher.find(position)) break
    const [start, end] = [matcher.start(), matcher.end()]
    result += text.slice(replaced, start)
    // An empty match right behind another one is none: `a*` in "ab" matches "a" and the end.
    if (end > replaced || start === 0) result += expand(matcher, replacement)
    replaced = end
    position = end > position ? end : position + characterLength(text, position)
  }
  return result + text.slice(replaced)
}

function expand(matcher: Matcher, replacement: Replacement): string {
  let result = ''
  for (const part of replacement) result += typeof part === 'string' ? part : groupText(matcher, part.group)
  return result
}

function groupText(matcher: Matcher, group: number | string): string {
  const index = typeof group === 'number' ? group : matcher.namedGroups[group]
  return index === undefined || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '')
}

function characterLength(text: string, position: number): number {
  return (text.codePointAt(position) ?? 0) > 0xff_ff ? 2 : 1
}

function tooLarge(how: string, hint = 'use smaller repeat counts, or several matchers joined with ||'): Flaw {
  return { reason: `the regular expression ${how}`, hint }
}

function perlHint(pattern: string): string | undefined {
  return /\(\?<?[=!>]|\\[1-9]/.test(pattern) ? 'RE2 has no look-around and no back-references' : undefined
}
