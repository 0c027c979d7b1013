// The rule of a router that has none: a Go template of the operator's, filled with what a container is called and
// labelled. That comes from whoever can start a container: it must not end the quotes it stands in (a container named
// "a`) || Host(`bank" would take another's traffic; CVE-2026-29777).
import { execute } from './template/execute.ts'
import type { Printed, TemplateModel } from './template/execute.ts'
import type { ParsedTemplate } from './template/parser.ts'

export type RenderedRule = { readonly rule: string } | { readonly reason: string }

/** Where in the rule's text something is put: between which quotes, and whether behind a backslash. */
interface Place {
  readonly quote: '' | '"' | '`'
  readonly escaped: boolean
}

/** What an inserted value may not contain, by the quotes around it. Nothing but plain words where there are none. */
const breaksOut: Readonly<Record<Place['quote'], RegExp>> = {
  '': /[^\p{L}\p{N}._-]/u,
  '"': /["\\\p{Cc}]/u,
  '`': /[`\p{Cc}]/u,
}

export function renderRule(template: ParsedTemplate, model: TemplateModel): RenderedRule {
  if (!template.ok) return { reason: `the default rule cannot be read: ${template.flaw.reason}` }
  const executed = execute(template.nodes, model)
  return executed.ok
    ? assemble(executed.printed)
    : { reason: `the default rule cannot be filled in: ${executed.reason}` }
}

function assemble(printed: readonly Printed[]): RenderedRule {
  let rule = ''
  let place: Place = { quote: '', escaped: false }
  for (const { kind, text, source } of printed) {
    if (!fits(kind, text, place)) {
      return { reason: `${JSON.stringify(text)} cannot be put into the default rule at "{{${source}}}"` }
    }
    rule += text
    if (kind === 'text') place = placeAfter(text, place)
  }
  return rule.trim() === '' ? { reason: 'the default rule is empty' } : { rule: rule.trim() }
}

function fits(kind: Printed['kind'], text: string, { quote, escaped }: Place): boolean {
  if (kind === 'text' || (kind === 'literal' && quote === '')) return true
  return !escaped && !breaksOut[quote].test(text)
}

function placeAfter(text: string, before: Place): Place {
  let { quote, escaped } = before
  for (const character of text) {
    if (escaped) escaped = false
    else if (quote === '"' && character === '\\') escaped = true
    else if (quote === character) quote = ''
    else if (quote === '' && (character === '"' || character === '`')) quote = character
  }
  return { quote, escaped }
}
