// Which containers the provider looks at: Traefik's constraints, a Go expression of Label() and LabelRegex().
import { didYouMean } from '../../model/nearest.ts'
import { compileRegexp } from '../../expression/regexp.ts'
import { tokenize } from '../../expression/lexer.ts'
import type { BadToken, Token } from '../../expression/lexer.ts'

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

export type ParsedConstraints =
  /** `warnings`: patterns that cannot be compiled, and so match nothing. */
  { readonly ok: true; readonly test: LabelTest; readonly warnings: readonly string[] } | ConstraintsError

export interface ConstraintsError {
  readonly ok: false
  readonly reason: string
  readonly hint: string | undefined
  /** Where in the text, 0-based, in JavaScript's string units. */
  readonly position: number
}

interface Cursor {
  readonly tokens: readonly (Token | BadToken)[]
  readonly warnings: string[]
  next: number
}

type Parsed = { readonly ok: true; readonly test: LabelTest } | ConstraintsError

/** Open parentheses and `!` around one call: bounds the recursion. */
const depthMax = 64

/** Pure; never throws. An empty text selects every container, as in Traefik. */
export function parseConstraints(text: string): ParsedConstraints {
  const cursor: Cursor = { tokens: tokenize(text), warnings: [], next: 0 }
  if (peek(cursor).kind === 'end') return { ok: true, test: () => true, warnings: [] }
  const parsed = parseChain(cursor, 0)
  if (!parsed.ok) return parsed
  if (peek(cursor).kind !== 'end') return unexpected(cursor, 'the end', 'join calls with && or ||')
  return { ...parsed, warnings: cursor.warnings }
}

/** `&&` binds tighter than `||`. */
function parseChain(cursor: Cursor, depth: number): Parsed {
  const either: LabelTest[] = []
  do {
    const all: LabelTest[] = []
    do {
      const operand = parseUnary(cursor, depth)
      if (!operand.ok) return operand
      all.push(operand.test)
    } while (accept(cursor, '&&'))
    either.push((labels) => all.every((test) => test(labels)))
  } while (accept(cursor, '||'))
  return { ok: true, test: (labels) => either.some((test) => test(labels)) }
}

function parseUnary(cursor: Cursor, depth: number): Parsed {
  const token = peek(cursor)
  if (token.kind === 'name') return parseCall(cursor, token)
  if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '(')) {
    return unexpected(cursor, 'Label(…) or LabelRegex(…)')
  }
  if (depth === depthMax) return refuse(token, `is nested deeper than ${depthMax} levels`)
  cursor.next++
  if (token.text === '!') {
    const operand = parseUnary(cursor, depth + 1)
    return operand.ok ? { ok: true, test: (labels) => !operand.test(labels) } : operand
  }
  const inner = parseChain(cursor, depth + 1)
  return !inner.ok || accept(cursor, ')') ? inner : unexpected(cursor, '")"')
}

function parseCall(cursor: Cursor, token: Token): Parsed {
  const call = calls.get(token.text)
  if (call === undefined) {
    return refuse(token, `unknown function "${token.text}"`, didYouMean(token.text, calls.keys()))
  }
  cursor.next++
  const args: string[] = []
  for (const symbol of ['(', ',']) {
    if (!accept(cursor, symbol)) return unexpected(cursor, `"${symbol}"`, `write ${token.text}(\`key\`, \`value\`)`)
    const argument = peek(cursor)
    if (argument.kind !== 'string') return unexpected(cursor, 'a string', 'write it in backticks or double quotes')
    args.push(argument.text)
    cursor.next++
  }
  if (!accept(cursor, ')')) return unexpected(cursor, '")"', `${token.text} takes a key and a value`)
  const [key = '', value = ''] = args
  return { ok: true, test: call(key, value, cursor.warnings) }
}

/** A label that is not there is an empty text, as in Traefik. */
const calls = new Map<string, (key: string, value: string, warnings: string[]) => LabelTest>([
  ['Label', (key, value) => (labels) => labelOf(labels, key) === value],
  ['LabelRegex', labelRegex],
])

function labelRegex(key: string, pattern: string, warnings: string[]): LabelTest {
  const regexp = compileRegexp(pattern)
  if ('test' in regexp) return (labels) => regexp.test(labelOf(labels, key))
  warnings.push(`LabelRegex(\`${key}\`, \`${pattern}\`) matches nothing: ${regexp.reason}`)
  return () => false
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(labels, key) ? (labels[key] ?? '') : ''
}

function peek(cursor: Cursor): Token | BadToken {
  const token = cursor.tokens[cursor.next]
  if (token === undefined) throw new Error('read past the end of the constraints')
  return token
}

function accept(cursor: Cursor, symbol: string): boolean {
  const token = peek(cursor)
  if (token.kind !== 'symbol' || token.text !== symbol) return false
  cursor.next++
  return true
}

function unexpected(cursor: Cursor, wanted: string, hint?: string): ConstraintsError {
  const token = peek(cursor)
  if (token.kind === 'bad') return { ok: false, ...token.error }
  return refuse(token, `expected ${wanted}, found ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`, hint)
}

function refuse({ position }: Token, reason: string, hint?: string): ConstraintsError {
  return { ok: false, reason, hint, position }
}
