// The first half of reading a rule: text → tokens.
import { unquote } from './go-string.ts'
import type { PlacedFlaw } from './flaw.ts'

export interface Token {
  readonly kind: 'name' | 'string' | 'symbol' | 'end'
  /** A string's value without its quotes; everything else as written. */
  readonly text: string
  readonly position: number
}

/** Text that is no token. It ends the list: whatever the parser finds wrong before it is reported first. */
export interface BadToken {
  readonly kind: 'bad'
  readonly error: PlacedFlaw
}

const tokenPattern =
  /\s+|(?<name>[A-Za-z_]\w*)|(?<symbol>&&|\|\||[!(),])|`(?<raw>[^`]*)`|"(?<quoted>(?:[^"\\\n]|\\[^\n])*)"/y

/** Tokens in order. The last one is the `end` or the bad one. */
export function tokenize(text: string): (Token | BadToken)[] {
  const tokens: (Token | BadToken)[] = []
  let position = 0
  while (position < text.length) {
    tokenPattern.lastIndex = position
    const match = tokenPattern.exec(text)
    const token = match === null ? badToken(text, position) : readToken(match)
    if (token !== undefined) tokens.push(token)
    if (match === null || token?.kind === 'bad') return tokens
    position = tokenPattern.lastIndex
  }
  tokens.push({ kind: 'end', text: '', position })
  return tokens
}

/** Undefined for white space. */
function readToken(match: RegExpExecArray): Token | BadToken | undefined {
  const { name, symbol, raw, quoted } = match.groups ?? {}
  const position = match.index
  if (name !== undefined) return { kind: 'name', text: name, position }
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, position }
  // Go drops carriage returns from raw strings, so that a file's line ends do not change its meaning.
  if (raw !== undefined) return { kind: 'string', text: raw.replaceAll('\r', ''), position }
  if (quoted === undefined) return undefined
  const unquoted = unquote(quoted)
  if (unquoted.ok) return { kind: 'string', text: unquoted.value, position }
  const escape = quoted.slice(unquoted.offset, unquoted.offset + 2)
  return bad(position + 1 + unquoted.offset, `unknown escape "${escape}"`, 'in backticks a backslash stands for itself')
}

function badToken(text: string, position: number): BadToken {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0)
  switch (character) {
    case '`':
      return bad(position, 'the string is never closed', 'end it with a backtick')
    case '"':
      return bad(position, 'the string is never closed', 'end it with a double quote')
    case "'":
      return bad(position, 'single quotes do not make a string', 'use backticks or double quotes')
    case '‘':
    case '’':
    case '“':
    case '”':
    case '´':
      return bad(position, `"${character}" does not make a string`, 'use backticks or straight double quotes')
    case '&':
    case '|':
      return bad(position, `"${character}" is not an operator`, `write "${character}${character}"`)
    default:
      return bad(position, `unexpected character "${character}"`)
  }
}

function bad(position: number, reason: string, hint?: string): BadToken {
  return { kind: 'bad', error: { position, reason, hint } }
}
