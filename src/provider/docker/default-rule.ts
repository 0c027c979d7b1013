// The rule of a router that has none: a small, closed part of Traefik's templates. No template engine, and what is
// inserted comes from whoever can start a container: it must not end the quotes it stands in (a container named
// "a`) || Host(`bank" would take another's traffic).
import { normalize } from './names.ts'

export interface RuleModel {
  readonly name: string
  readonly containerName: string
  readonly labels: Readonly<Record<string, string>>
}

export type RenderedRule = { readonly rule: string } | { readonly reason: string }

type Quote = '' | '"' | '`'

/** What an inserted value may not contain, by the quotes around it. Nothing but plain words where there are none. */
const breaksOut: Readonly<Record<Quote, RegExp>> = {
  '': /[^\p{L}\p{N}._-]/u,
  '"': /["\\\p{Cc}]/u,
  '`': /[`\p{Cc}]/u,
}

/** Renders `{{ .Name }}`, `{{ .ContainerName }}`, `{{ index .Labels "x" }}`, each also with `normalize`. */
export function renderRule(template: string, model: RuleModel): RenderedRule {
  let rule = ''
  let quote: Quote = ''
  // Texts and actions in turn, a text first.
  for (const [i, part] of template.split(/\{\{(.*?)\}\}/s).entries()) {
    if (i % 2 === 0) {
      rule += part
      quote = quoteAfter(part, quote)
      continue
    }
    const value = evaluate(part.trim(), model)
    if (value === undefined) return { reason: `the default rule uses "{{${part}}}", which is not supported` }
    if (breaksOut[quote].test(value)) {
      return { reason: `${JSON.stringify(value)} cannot be put into the default rule at "{{${part}}}"` }
    }
    rule += value
  }
  if (rule.includes('{{')) return { reason: 'the default rule has a "{{" without its "}}"' }
  return rule.trim() === '' ? { reason: 'the default rule is empty' } : { rule: rule.trim() }
}

/** Undefined when the action is not of the supported ones. A label that is not there is empty, as in Traefik. */
function evaluate(action: string, { name, containerName, labels }: RuleModel): string | undefined {
  const [, grouped, bare] = /^normalize\s+(?:\((.+)\)|(\.\w+))$/s.exec(action) ?? []
  const operand = (grouped ?? bare ?? action).trim()
  const value = operand === '.Name' ? name : operand === '.ContainerName' ? containerName : label(operand, labels)
  return value === undefined || operand === action ? value : normalize(value)
}

function label(operand: string, labels: Readonly<Record<string, string>>): string | undefined {
  const [matched, quoted, raw] = /^index\s+\.Labels\s+(?:"([^"\\]*)"|`([^`]*)`)$/.exec(operand) ?? []
  if (matched === undefined) return undefined
  const key = quoted ?? raw ?? ''
  return Object.hasOwn(labels, key) ? labels[key] : ''
}

function quoteAfter(text: string, before: Quote): Quote {
  let quote = before
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (quote === '"' && character === '\\') i++
    else if (quote === character) quote = ''
    else if (quote === '' && (character === '"' || character === '`')) quote = character
  }
  return quote
}
