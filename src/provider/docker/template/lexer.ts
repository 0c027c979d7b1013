// The first half of reading a template: text → literal text and the tokens of actions (Go's text/template).
import { unquote } from '../../../expression/go-string.ts'

export interface TemplateFlaw {
  /** Lower case, the offending text quoted. */
  readonly reason: string
  readonly hint: string | undefined
  /** Where in the template, 0-based, in JavaScript's string units. */
  readonly position: number
}

export interface Token {
  /** `field` is a chain such as `.Labels.host`, or the bare dot. */
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'number' | 'symbol' | 'end'
  /** A string's value without its quotes; everything else as written. */
  readonly text: string
  readonly position: number
  /** Directly after the token before it: `$x.Name` is a field of `$x`, `$x .Name` are two operands. */
  readonly glued: boolean
}

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `source` is what stands between the braces; the last token is the `end`. */
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly source: string }

export type SplitTemplate =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly flaw: TemplateFlaw }

interface Action {
  readonly part: Part | undefined
  readonly flaw: TemplateFlaw | undefined
  /** Behind the closing braces. */
  readonly end: number
  /** It ended with ` -}}`: white space after it goes. */
  readonly trims: boolean
}

export function splitTemplate(text: string): SplitTemplate {
  const parts: Part[] = []
  let from = 0
  let trimStart = false
  for (;;) {
    const open = text.indexOf('{{', from)
    const trimEnd = open !== -1 && /^-\s/.test(text.slice(open + 2, open + 4))
    let literal = text.slice(from, open === -1 ? undefined : open)
    if (trimStart) literal = literal.trimStart()
    if (trimEnd) literal = literal.trimEnd()
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    if (open === -1) return { ok: true, parts }
    const action = readAction(text, open, open + (trimEnd ? 3 : 2))
    if (action.flaw !== undefined) return { ok: false, flaw: action.flaw }
    if (action.part !== undefined) parts.push(action.part)
    from = action.end
    trimStart = action.trims
  }
}

const comment = /\s?\/\*.*?\*\/(\s+-)?\}\}/sy

function readAction(text: string, open: number, start: number): Action {
  comment.lastIndex = start
  const commented = comment.exec(text)
  if (commented !== null) {
    return { part: undefined, flaw: undefined, end: comment.lastIndex, trims: commented[1] !== undefined }
  }
  const tokens: Token[] = []
  let position = start
  let glued = false
  while (!text.startsWith('}}', position)) {
    if (text.startsWith('-}}', position) && /\s/.test(text[position - 1] ?? '')) break
    tokenPattern.lastIndex = position
    const match = tokenPattern.exec(text)
    const token: Token | TemplateFlaw | undefined =
      match === null ? badToken(text, position, open) : readToken(match, glued)
    if (token !== undefined && 'reason' in token) return { part: undefined, flaw: token, end: position, trims: false }
    if (token !== undefined) tokens.push(token)
    glued = token !== undefined
    position = tokenPattern.lastIndex
  }
  const trims = text[position] === '-'
  tokens.push({ kind: 'end', text: '', position, glued: false })
  const part: Part = { kind: 'action', tokens, source: text.slice(open + 2, position) }
  return { part, flaw: undefined, end: position + (trims ? 3 : 2), trims }
}

const tokenPattern =
  /\s+|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<field>(?:\.[\p{L}_][\p{L}\p{N}_]*)+|\.(?!\d))|(?<variable>\$[\p{L}\p{N}_]*)|(?<number>-?\d+(?:\.\d+)?)|(?<symbol>:=|[=|(),])|`(?<raw>[^`]*)`|"(?<quoted>(?:[^"\\\n]|\\[^\n])*)"/uy

/** Undefined for white space. */
function readToken(
  { index: position, groups = {} }: RegExpExecArray,
  glued: boolean,
): Token | TemplateFlaw | undefined {
  for (const kind of ['word', 'field', 'variable', 'number', 'symbol'] as const) {
    const found = groups[kind]
    if (found !== undefined) return { kind, text: found, position, glued }
  }
  const { raw, quoted } = groups
  if (raw !== undefined) return { kind: 'string', text: raw.replaceAll('\r', ''), position, glued }
  if (quoted === undefined) return undefined
  const unquoted = unquote(quoted)
  if (unquoted.ok) return { kind: 'string', text: unquoted.value, position, glued }
  const escape = quoted.slice(unquoted.offset, unquoted.offset + 2)
  return { reason: `unknown escape "${escape}"`, hint: undefined, position: position + 1 + unquoted.offset }
}

function badToken(text: string, position: number, open: number): TemplateFlaw {
  if (!text.includes('}}', position)) return { reason: 'has a "{{" without its "}}"', hint: undefined, position: open }
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0)
  if (character === '"' || character === '`') return { reason: 'the string is never closed', hint: undefined, position }
  const hint = character === "'" ? 'use backticks or double quotes' : undefined
  return { reason: `unexpected character "${character}"`, hint, position }
}
