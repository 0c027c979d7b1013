// What stands in the braces of a template: pipelines, calls and operands.
import { didYouMean } from '../../../model/nearest.ts'
import { functions } from './functions.ts'
import type { Token } from './lexer.ts'
import { accept, depthMax, peek, refuse, take } from './reading.ts'
import type { Reading } from './reading.ts'
import { written } from './value.ts'
import type { Value } from './value.ts'

export type Expression =
  | { readonly kind: 'constant'; readonly value: Value }
  /** `.` and its fields. */
  | { readonly kind: 'dot'; readonly fields: readonly string[] }
  /** `$`, the model, is the variable of that name. */
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  /** Parentheses and what is picked from their value. */
  | { readonly kind: 'pick'; readonly from: Expression; readonly fields: readonly string[] }
  /** A pipeline is nested calls: what is piped is the last argument. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }

const fieldsOfModel = ['Name', 'ContainerName', 'Labels']

export function parsePipeline(reading: Reading): Expression {
  let expression = parseCommand(reading, undefined)
  while (accept(reading, '|')) expression = parseCommand(reading, expression)
  return expression
}

function parseCommand(reading: Reading, piped: Expression | undefined): Expression {
  const token = peek(reading)
  if (token.kind === 'word' && token.text !== 'true' && token.text !== 'false') return parseCall(reading, piped)
  const operand = parseOperand(reading)
  if (piped !== undefined) refuse(reading, token, 'what stands after "|" is not a function')
  else if (startsOperand(peek(reading))) refuse(reading, token, 'what has arguments is not a function')
  return operand
}

/** A function that is an argument takes none itself: for that it needs parentheses. */
function parseCall(reading: Reading, piped: Expression | undefined, alone?: 'without arguments'): Expression {
  const token = take(reading)
  const { text: name } = token
  const known = functions.get(name)
  const args: Expression[] = []
  if (known === undefined) {
    const hint = didYouMean(name, functions.keys())
    refuse(reading, token, unsupported.has(name) ? `"${name}" is not supported` : `unknown function "${name}"`, hint)
  }
  if (alone === undefined) while (startsOperand(peek(reading))) args.push(parseOperand(reading))
  if (piped !== undefined) args.push(piped)
  if (known !== undefined && (args.length < known.least || args.length > known.most)) {
    const wanted = known.least === known.most ? known.least : `at least ${known.least}`
    refuse(reading, token, `${name} takes ${wanted} argument${wanted === 1 ? '' : 's'}, not ${args.length}`)
  }
  return { kind: 'call', name, args }
}

const unsupported = new Set(['define', 'template', 'block', 'break', 'continue', 'nil'])

function startsOperand({ kind, text }: Token): boolean {
  return kind === 'symbol' ? text === '(' : kind !== 'end'
}

function parseOperand(reading: Reading): Expression {
  const token = take(reading)
  const { kind, text } = token
  switch (kind) {
    case 'string':
      return { kind: 'constant', value: written(text) }
    case 'number':
      return { kind: 'constant', value: Number(text) }
    case 'field': {
      const fields = fieldsOf(text)
      if (reading.dotIsModel) checkFields(reading, token, fields)
      return { kind: 'dot', fields }
    }
    case 'variable': {
      checkVariable(reading, token)
      const fields = gluedFields(reading)
      if (text === '$') checkFields(reading, token, fields)
      return { kind: 'variable', name: text, fields }
    }
    case 'word':
      if (text === 'true' || text === 'false') return { kind: 'constant', value: text === 'true' }
      reading.token--
      return parseCall(reading, undefined, 'without arguments')
    case 'symbol':
      if (text === '(') return parseParentheses(reading, token)
      break
    case 'end':
  }
  const found = kind === 'end' ? 'the end' : `"${text}"`
  refuse(reading, token, `expected a value, found ${found}`)
  return { kind: 'constant', value: undefined }
}

function parseParentheses(reading: Reading, open: Token): Expression {
  if (++reading.depth > depthMax) refuse(reading, open, `parentheses are nested deeper than ${depthMax} levels`)
  const from = parsePipeline(reading)
  if (!accept(reading, ')')) refuse(reading, open, 'the parenthesis is never closed')
  reading.depth--
  const fields = gluedFields(reading)
  return fields.length === 0 ? from : { kind: 'pick', from, fields }
}

function gluedFields(reading: Reading): readonly string[] {
  const { kind, glued } = peek(reading)
  return kind === 'field' && glued ? fieldsOf(take(reading).text) : []
}

function fieldsOf(chain: string): readonly string[] {
  return chain.split('.').filter((field) => field !== '')
}

function checkFields(reading: Reading, token: Token, [field]: readonly string[]): void {
  if (field === undefined || fieldsOfModel.includes(field)) return
  refuse(reading, token, `there is no ".${field}"`, didYouMean(field, fieldsOfModel) ?? 'use .Name or .Labels')
}

export function checkVariable(reading: Reading, token: Token): void {
  if (reading.variables.includes(token.text)) return
  refuse(reading, token, `the variable "${token.text}" was never set`, didYouMean(token.text, reading.variables))
}
