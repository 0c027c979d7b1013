// The second half of reading a template: tokens → tree. Everything that does not depend on a container is found wrong
// here, so that it can be said at start.
import { checkVariable, parsePipeline } from './expression.ts'
import type { Expression } from './expression.ts'
import { splitTemplate } from './lexer.ts'
import type { TemplateFlaw, Token } from './lexer.ts'
import { depthMax, expectEnd, peek, refuse, take } from './reading.ts'
import type { Reading } from './reading.ts'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly expression: Expression; readonly source: string }
  | { readonly kind: 'declare' | 'assign'; readonly variable: string; readonly expression: Expression }
  | Block

export interface Block {
  readonly kind: 'if' | 'with' | 'range'
  /** Those of `range` are index and element; a single one is the element, or what `if` and `with` look at. */
  readonly variables: readonly string[]
  readonly expression: Expression
  readonly body: readonly Node[]
  readonly otherwise: readonly Node[]
}

export type ParsedTemplate =
  | { readonly ok: true; readonly nodes: readonly Node[] }
  | { readonly ok: false; readonly flaw: TemplateFlaw }

export function parseTemplate(text: string): ParsedTemplate {
  const split = splitTemplate(text)
  if (!split.ok) return split
  const { parts } = split
  const reading: Reading = {
    parts,
    part: 0,
    tokens: [],
    token: 0,
    flaw: undefined,
    variables: ['$'],
    dotIsModel: true,
    depth: 0,
  }
  const nodes = parseNodes(reading, undefined)
  return reading.flaw === undefined ? { ok: true, nodes } : { ok: false, flaw: reading.flaw }
}

/** Up to the `end` or `else` of the block, which is the current action then; to the end of the text outside of any. */
function parseNodes(reading: Reading, opener: Token | undefined): Node[] {
  const nodes: Node[] = []
  while (reading.flaw === undefined) {
    const part = reading.parts[reading.part++]
    if (part === undefined) {
      if (opener !== undefined) refuse(reading, opener, `"${opener.text}" has no "end"`)
      break
    }
    if (part.kind === 'text') {
      nodes.push(part)
      continue
    }
    reading.tokens = part.tokens
    reading.token = 0
    const { kind, text } = peek(reading)
    if (kind === 'word' && (text === 'end' || text === 'else')) {
      if (opener === undefined) refuse(reading, peek(reading), `"${text}" ends no "if", "with" or "range"`)
      break
    }
    nodes.push(parseAction(reading, part.source))
  }
  return nodes
}

function parseAction(reading: Reading, source: string): Node {
  const token = peek(reading)
  const { kind, text } = token
  if (kind === 'word' && (text === 'if' || text === 'with' || text === 'range')) return parseBlock(reading, text)
  const next = reading.tokens[reading.token + 1]
  if (kind === 'variable' && (next?.text === ':=' || next?.text === '=') && next.kind === 'symbol') {
    const declares = next.text === ':='
    reading.token += 2
    if (!declares) checkVariable(reading, token)
    const expression = parsePipeline(reading)
    expectEnd(reading)
    if (declares) reading.variables.push(text)
    return { kind: declares ? 'declare' : 'assign', variable: text, expression }
  }
  const expression = parsePipeline(reading)
  expectEnd(reading)
  return { kind: 'print', expression, source }
}

function parseBlock(reading: Reading, kind: Block['kind']): Node {
  const opener = take(reading)
  const { dotIsModel } = reading
  const inScope = reading.variables.length
  if (++reading.depth > depthMax) refuse(reading, opener, `blocks are nested deeper than ${depthMax} levels`)
  const variables = parseVariables(reading, kind === 'range' ? 2 : 1)
  const expression = parsePipeline(reading)
  expectEnd(reading)
  reading.variables.push(...variables)
  if (kind !== 'if') reading.dotIsModel = false
  const body = parseNodes(reading, opener)
  reading.dotIsModel = dotIsModel
  const otherwise = reading.flaw === undefined ? parseElse(reading, opener) : []
  reading.variables.length = inScope
  reading.depth--
  return { kind, variables, expression, body, otherwise }
}

/** At `end` or `else`. `else if` is an `if` in the `else`, and ends with the same `end`. */
function parseElse(reading: Reading, opener: Token): readonly Node[] {
  if (take(reading).text === 'end') {
    expectEnd(reading)
    return []
  }
  const { kind, text } = peek(reading)
  if (kind === 'word' && (text === 'if' || text === 'with')) return [parseBlock(reading, text)]
  expectEnd(reading)
  const nodes = parseNodes(reading, opener)
  if (reading.flaw !== undefined) return []
  if (peek(reading).text === 'else') refuse(reading, peek(reading), 'a second "else"')
  take(reading)
  expectEnd(reading)
  return nodes
}

/** `$i, $v :=` at the beginning of a block. */
function parseVariables(reading: Reading, most: number): readonly string[] {
  const { tokens, token: start } = reading
  const [first, comma, second, assignment] = tokens.slice(start, start + 4)
  if (first?.kind !== 'variable') return []
  if (comma?.text === ':=') {
    reading.token += 2
    return [first.text]
  }
  if (most < 2 || comma?.text !== ',' || second?.kind !== 'variable' || assignment?.text !== ':=') return []
  reading.token += 4
  return [first.text, second.text]
}
