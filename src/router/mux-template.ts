// Templates of rule syntax version 2: literal text with {name} and {name:pattern} in it, as gorilla/mux reads them.
import { compileRegexp } from '../expression/regexp.ts'
import type { StepBudget } from '../expression/regexp.ts'
import type { Flaw } from '../expression/flaw.ts'

/** Literal text, and placeholders. `pattern` is undefined for a {name} alone. */
export type Template = readonly (string | { readonly pattern: string | undefined })[]

// Patterns that mean the same with nothing around them, whatever follows: neither `|` nor groups, flags or quotations.
const selfContained = /^(?:[\w.[\]^*+?/-]|\\[dswDSW.\-/]|\{\d+(?:,\d*)?\})*$/

/** A pattern must be a regular expression by itself, so that none can end the group it is put in (`a)|(.*`). */
export function parseTemplate(text: string, budget: StepBudget): Template | Flaw {
  const parts: (string | { pattern: string | undefined })[] = []
  let literal = 0
  for (;;) {
    const open = indexOfBrace(text, literal)
    if (open === -1) break
    const close = closingBrace(text, open)
    if (close === undefined) return unbalanced(text)
    const placeholder = parsePlaceholder(text.slice(open, close + 1), budget)
    if ('reason' in placeholder) return placeholder
    parts.push(text.slice(literal, open), placeholder)
    literal = close + 1
  }
  parts.push(text.slice(literal))
  return parts.filter((part) => part !== '')
}

/** A template without placeholders is a text. */
export function isLiteral(template: Template): boolean {
  return template.every((part) => typeof part === 'string')
}

/** What the template matches, without anchors. `anything` stands for a {name} alone. */
export function templatePattern(template: Template, anything: string, spell: (literal: string) => string): string {
  return template
    .map((part) => {
      if (typeof part === 'string') return quoteMeta(spell(part))
      const { pattern = anything } = part
      return selfContained.test(pattern) ? pattern : `(?:${pattern})`
    })
    .join('')
}

function indexOfBrace(text: string, from: number): number {
  const found = text.slice(from).search(/[{}]/)
  return found === -1 ? -1 : from + found
}

/** Braces nest: {name:[0-9]{2}} is one placeholder. Undefined when they do not pair up. */
function closingBrace(text: string, open: number): number | undefined {
  let level = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') level++
    else if (text[i] === '}' && --level <= 0) return level === 0 ? i : undefined
  }
  return undefined
}

function parsePlaceholder(text: string, budget: StepBudget): { readonly pattern: string | undefined } | Flaw {
  const [, name, pattern] = /^\{([^:]*)(?::(.*))?\}$/s.exec(text) ?? []
  if (name === '' || pattern === '') {
    return { reason: `"${text}" lacks a name or a pattern`, hint: 'write {name} or {name:pattern}' }
  }
  const regexp = pattern === undefined ? undefined : compileRegexp(pattern, budget)
  return regexp !== undefined && 'reason' in regexp ? regexp : { pattern }
}

function unbalanced(text: string): Flaw {
  return { reason: `the braces in "${text}" do not pair up`, hint: 'write {name} or {name:pattern}' }
}

/** Go's regexp.QuoteMeta. */
function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
