// Arguments of version 2 as calls of version 3. Source: Traefik's matcher_v2.go and gorilla/mux behind it. One thing is not
// the same: Query looks at every value of a parameter, where gorilla/mux looked at the first.
import { nonAsciiHost } from './host-pattern.ts'
import type { ArgumentFlaw } from './matcher-table.ts'
import { isLiteral, parseTemplate, templatePattern } from './mux-template.ts'
import type { Template } from './mux-template.ts'
import { escapePathArgument, readablePath } from './path-argument.ts'
import type { StepBudget } from '../expression/regexp.ts'
import type { Flaw } from '../expression/flaw.ts'
import type { Call, MatcherName } from './rule.ts'

interface Term {
  readonly call: Call
  /** For each argument of the call, the one it comes from. */
  readonly from: readonly number[]
}

/** None of the values is empty. */
export type Translate = (values: readonly string[], budget: StepBudget) => readonly Term[] | ArgumentFlaw

type One = (text: string, budget: StepBudget) => Call | Flaw

export function each(translate: One): Translate {
  return (values, budget) => {
    const terms: Term[] = []
    for (const [argument, value] of values.entries()) {
      const call = translate(value, budget)
      if ('reason' in call) return { argument, ...call }
      terms.push({ call, from: [argument] })
    }
    return terms
  }
}

export function host(text: string): Call | Flaw {
  if (!text.includes('*')) return call('Host', text)
  return {
    reason: `version 2 takes the "*" in "${text}" literally`,
    hint: 'write HostRegexp(`{sub:[^.]+}.example.com`)',
  }
}

/** Text outside of braces is literal; hosts are matched whole and in any case. */
export function hostRegexp(text: string, budget: StepBudget): Call | Flaw {
  const template = nonAsciiHost(text) ?? parseTemplate(text, budget)
  if ('reason' in template) return template
  const foreign = template.find((part) => typeof part === 'string' && !/^[\w.:-]+$/.test(part))
  if (typeof foreign === 'string') {
    const reason = `version 2 takes "${foreign}" literally, and no host contains it`
    return { reason, hint: 'write a regular expression in braces: {name:[a-z]+}' }
  }
  if (isLiteral(template)) return call('Host', text)
  return call('HostRegexp', `(?i)^${templatePattern(template, '[^.]+', (literal) => literal)}$`)
}

export function pathTemplate(name: 'Path' | 'PathPrefix', end: '$' | ''): One {
  return (text, budget) => {
    const template = parseTemplate(text, budget)
    if ('reason' in template) return template
    if (isLiteral(template) || !text.startsWith('/')) return call(name, text)
    const spell = (literal: string): string => readablePath(escapePathArgument(literal))
    return call('PathRegexp', `^${templatePattern(template, '[^/]+', spell)}${end}`)
  }
}

export function plain(name: MatcherName): (text: string) => Call {
  return (text) => call(name, text)
}

/** Names and values in turn, all of which must hold; a name written twice counts the second time. */
export function pairs(name: 'Header' | 'HeaderRegexp'): Translate {
  return (values) => {
    if (values.length % 2 !== 0) {
      const reason = `"${values.at(-1)}" is a name without a value`
      return { argument: values.length - 1, reason, hint: undefined }
    }
    const terms = new Map<string, Term>()
    for (let i = 0; i < values.length; i += 2) {
      const [field = '', value = ''] = values.slice(i, i + 2)
      terms.set(field, { call: call(name, field, value), from: [i, i + 1] })
    }
    return [...terms.values()]
  }
}

/** `key=value` each; like Traefik, it reads Query(`key`, `value`) too. */
export function queries(values: readonly string[], budget: StepBudget): readonly Term[] | ArgumentFlaw {
  const pieces = values.flatMap((value, argument) => splitAtEquals(value).map((text) => ({ argument, text })))
  const terms: Term[] = []
  for (let i = 0; i < pieces.length; i += 2) {
    const [key, value] = pieces.slice(i, i + 2)
    if (key === undefined || value === undefined || key.text === '' || /[{}]/.test(key.text)) {
      const { argument, text } = key ?? { argument: 0, text: '' }
      return { argument, reason: `"${text}" is no key with a value`, hint: 'write Query(`key=value`)' }
    }
    const template = parseTemplate(value.text, budget)
    if ('reason' in template) return { argument: value.argument, ...template }
    terms.push({ call: query(key.text, value.text, template), from: [key.argument, value.argument] })
  }
  return terms
}

function splitAtEquals(text: string): string[] {
  const equals = text.indexOf('=')
  return equals === -1 ? [text] : [text.slice(0, equals), text.slice(equals + 1)]
}

/** With nothing behind the `=` the parameter's presence is enough. */
function query(key: string, value: string, template: Template): Call {
  if (value === '') return call('QueryRegexp', key, '^.*$')
  if (isLiteral(template)) return call('Query', key, value)
  return call('QueryRegexp', key, `^${templatePattern(template, '.*', (literal) => literal)}$`)
}

function call(name: MatcherName, ...args: readonly string[]): Call {
  return { kind: 'call', name, args }
}
