// The second half of reading a rule: tokens → tree, by recursive descent. Go's precedence: `!`, then `&&`, then `||`.
import type { RuleSyntax } from '../model/dynamic-config.ts'
import { ruleBudget } from '../expression/regexp.ts'
import type { StepBudget } from '../expression/regexp.ts'
import { printRule } from './rule.ts'
import type { PlacedFlaw } from '../expression/flaw.ts'
import type { Rule } from './rule.ts'
import { version2 } from './rule-call-v2.ts'
import { version3 } from './rule-call.ts'
import { unknownMatcher } from './rule-dialect.ts'
import type { Dialect } from './rule-dialect.ts'
import { tokenize } from '../expression/lexer.ts'
import type { BadToken, Token } from '../expression/lexer.ts'

export type ParsedRule = { readonly ok: true; readonly rule: Rule } | { readonly ok: false; readonly error: PlacedFlaw }

/** Bytes of rule text. */
const ruleBytesMax = 16_384
/** Open parentheses and `!` around one matcher: bounds the recursion here and in whoever walks the tree. */
const depthMax = 64

const dialects: Readonly<Record<RuleSyntax, Dialect>> = { v2: version2, v3: version3 }

interface Cursor {
  readonly dialect: Dialect
  readonly budget: StepBudget
  readonly tokens: readonly (Token | BadToken)[]
  next: number
}

/**
 * Reads a rule; one of version 2 comes out as the rule of version 3 that means the same. A rule that parses also compiles:
 * arguments are checked here, while their position is known. Source: Traefik's rule grammar, a subset of Go expressions.
 */
export function parseRule(text: string, syntax: RuleSyntax = 'v3'): ParsedRule {
  const bytes = Buffer.byteLength(text)
  if (bytes > ruleBytesMax) return fail(0, `the rule is ${bytes} bytes long; the limit is ${ruleBytesMax}`)
  const tokens = tokenize(text)
  const parsed = parseTokens(tokens, dialects[syntax])
  if (parsed.ok) return parsed
  const hint = otherSyntax(tokens, syntax)
  return hint === undefined ? parsed : { ok: false, error: { ...parsed.error, hint } }
}

/** Rules are copied from older or newer examples more often than they are misspelt. */
function otherSyntax(tokens: Cursor['tokens'], syntax: RuleSyntax): string | undefined {
  const other = parseTokens(tokens, dialects[syntax === 'v3' ? 'v2' : 'v3'])
  if (!other.ok) return undefined
  return syntax === 'v3'
    ? `write ${printRule(other.rule)}, or set ruleSyntax=v2`
    : 'this is version 3: set ruleSyntax=v3'
}

function parseTokens(tokens: Cursor['tokens'], dialect: Dialect): ParsedRule {
  const cursor: Cursor = { dialect, budget: ruleBudget(), tokens, next: 0 }
  if (peek(cursor).kind === 'end') return fail(0, 'the rule is empty')
  const parsed = parseOr(cursor, 0)
  if (!parsed.ok || peek(cursor).kind === 'end') return parsed
  if (at(cursor, ')')) return unexpected(cursor, 'the end of the rule', 'no parenthesis is open')
  return unexpected(cursor, 'the end of the rule', 'join matchers with && or ||')
}

function parseOr(cursor: Cursor, depth: number): ParsedRule {
  return parseChain(cursor, 'or', () => parseChain(cursor, 'and', () => parseUnary(cursor, depth)))
}

function parseChain(cursor: Cursor, kind: 'and' | 'or', parseOperand: () => ParsedRule): ParsedRule {
  const first = parseOperand()
  if (!first.ok) return first
  const operands = [first.rule]
  while (accept(cursor, kind === 'and' ? '&&' : '||')) {
    const operand = parseOperand()
    if (!operand.ok) return operand
    operands.push(operand.rule)
  }
  return operands.length === 1 ? first : succeed({ kind, operands })
}

function parseUnary(cursor: Cursor, depth: number): ParsedRule {
  const token = peek(cursor)
  if (token.kind === 'name') return parseCall(cursor, token)
  if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '(')) return unexpected(cursor, 'a matcher')
  if (depth === depthMax) return fail(token.position, `the rule is nested deeper than ${depthMax} levels`)
  cursor.next++
  if (token.text === '!') {
    const operand = parseUnary(cursor, depth + 1)
    return operand.ok ? succeed({ kind: 'not', operand: operand.rule }) : operand
  }
  const inner = parseOr(cursor, depth + 1)
  return inner.ok ? (close(cursor, token) ?? inner) : inner
}

function parseCall(cursor: Cursor, token: Token): ParsedRule {
  const reader = cursor.dialect.get(token.text)
  if (reader === undefined) return { ok: false, error: unknownMatcher(token, cursor.dialect) }
  cursor.next++
  const open = peek(cursor)
  if (open.kind === 'bad' || !accept(cursor, '(')) return unexpected(cursor, `"(" after ${reader.name}`)
  const args: Token[] = []
  while (!at(cursor, ')')) {
    const argument = peek(cursor)
    if (argument.kind === 'end') break
    if (argument.kind !== 'string') {
      return unexpected(cursor, 'an argument', 'write arguments in backticks or double quotes')
    }
    args.push(argument)
    cursor.next++
    if (!accept(cursor, ',')) break
  }
  const unclosed = close(cursor, open)
  if (unclosed !== undefined) return unclosed
  const rule = reader.read(token, args, cursor.budget)
  return 'reason' in rule ? { ok: false, error: rule } : succeed(rule)
}

function close(cursor: Cursor, open: Token): ParsedRule | undefined {
  if (accept(cursor, ')')) return undefined
  if (peek(cursor).kind === 'end') return fail(open.position, 'the parenthesis is never closed')
  return unexpected(cursor, '")"')
}

function unexpected(cursor: Cursor, wanted: string, hint?: string): ParsedRule {
  const token = peek(cursor)
  if (token.kind === 'bad') return { ok: false, error: token.error }
  const found = token.kind === 'end' ? 'the end' : `"${token.text}"`
  return fail(token.position, `expected ${wanted}, found ${found}`, hint)
}

function peek(cursor: Cursor): Token | BadToken {
  const token = cursor.tokens[cursor.next]
  // The list ends with `end` or a bad token, and neither is ever stepped over.
  if (token === undefined) throw new Error('read past the end of the rule')
  return token
}

function at(cursor: Cursor, symbol: string): boolean {
  const token = peek(cursor)
  return token.kind === 'symbol' && token.text === symbol
}

function accept(cursor: Cursor, symbol: string): boolean {
  if (!at(cursor, symbol)) return false
  cursor.next++
  return true
}

function succeed(rule: Rule): ParsedRule {
  return { ok: true, rule }
}

function fail(position: number, reason: string, hint?: string): ParsedRule {
  return { ok: false, error: { position, reason, hint } }
}
