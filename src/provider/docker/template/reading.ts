// Where the parser of a template is, and what it found wrong.
import type { Part, TemplateFlaw, Token } from './lexer.ts'

/** Blocks and parentheses around one another: bounds the recursion here and in whoever walks the tree. */
export const depthMax = 32

/** The first flaw is kept and ends the reading: whoever is asked afterwards finds nothing more. */
export interface Reading {
  readonly parts: readonly Part[]
  part: number
  tokens: readonly Token[]
  token: number
  flaw: TemplateFlaw | undefined
  /** In scope, innermost last. */
  readonly variables: string[]
  /** False inside `range` and `with`, where the dot is something else. */
  dotIsModel: boolean
  depth: number
}

export function expectEnd(reading: Reading): void {
  const token = peek(reading)
  if (token.kind !== 'end') refuse(reading, token, `unexpected "${token.text}"`)
}

export function refuse(reading: Reading, { position }: Token, reason: string, hint?: string): void {
  reading.flaw ??= { reason, hint, position }
  reading.token = reading.tokens.length - 1
}

export function accept(reading: Reading, symbol: string): boolean {
  const { kind, text } = peek(reading)
  if (kind !== 'symbol' || text !== symbol) return false
  reading.token++
  return true
}

/** The last token of an action, its end, is never stepped over. */
export function take(reading: Reading): Token {
  const token = peek(reading)
  if (token.kind !== 'end') reading.token++
  return token
}

export function peek({ tokens, token }: Reading): Token {
  const found = tokens[token]
  if (found === undefined) throw new Error('read past the end of an action')
  return found
}
