// Runs a parsed template over one container. It always ends, soon: steps and text are counted.
import type { Expression } from './expression.ts'
import { functions, textMax, tooLong } from './functions.ts'
import type { Block, Node } from './parser.ts'
import { isTrue, piecesOf, textOf, typeOf } from './value.ts'
import type { Piece, Value } from './value.ts'

export interface TemplateModel {
  readonly name: string
  readonly containerName: string
  readonly labels: Readonly<Record<string, string>>
}

/** A piece, and the action it was printed by: what stands between the braces. Undefined for literal text. */
export interface Printed extends Piece {
  readonly source: string | undefined
}

export type Executed =
  | { readonly ok: true; readonly printed: readonly Printed[] }
  | { readonly ok: false; readonly reason: string }

const stepsMax = 10_000

/** The first failure is kept and ends the run. */
interface Run {
  readonly printed: Printed[]
  readonly variables: { readonly name: string; value: Value }[]
  dot: Value
  length: number
  steps: number
  failure: string | undefined
}

export function execute(nodes: readonly Node[], { name, containerName, labels }: TemplateModel): Executed {
  const model: Value = new Map<string, Value>([
    ['Name', name],
    ['ContainerName', containerName],
    ['Labels', new Map(Object.entries(labels))],
  ])
  const run: Run = {
    printed: [],
    variables: [{ name: '$', value: model }],
    dot: model,
    length: 0,
    steps: 0,
    failure: undefined,
  }
  runNodes(nodes, run)
  return run.failure === undefined ? { ok: true, printed: run.printed } : { ok: false, reason: run.failure }
}

function runNodes(nodes: readonly Node[], run: Run): void {
  for (const node of nodes) {
    if (run.failure !== undefined || !mayStep(run)) return
    switch (node.kind) {
      case 'text':
        print(node, undefined, run)
        break
      case 'print':
        printValue(evaluate(node.expression, run), node.source, run)
        break
      case 'declare':
        run.variables.push({ name: node.variable, value: evaluate(node.expression, run) })
        break
      case 'assign': {
        const value = evaluate(node.expression, run)
        const variable = run.variables.findLast((known) => known.name === node.variable)
        if (variable !== undefined) variable.value = value
        break
      }
      case 'if':
      case 'with':
      case 'range':
        runBlock(node, run)
    }
  }
}

function runBlock(block: Block, run: Run): void {
  const { dot } = run
  const inScope = run.variables.length
  const value = evaluate(block.expression, run)
  const pass = (nodes: readonly Node[], inner: Value, values: readonly Value[]): void => {
    run.dot = inner
    for (const [i, name] of block.variables.entries()) run.variables.push({ name, value: values[i] })
    runNodes(nodes, run)
    run.variables.length = inScope
    run.dot = dot
  }
  if (!isTrue(value)) pass(block.otherwise, dot, [value])
  else if (block.kind !== 'range') pass(block.body, block.kind === 'if' ? dot : value, [value])
  else {
    for (const [key, element] of entriesOf(value, run)) {
      if (!mayStep(run)) return
      pass(block.body, element, block.variables.length === 1 ? [element] : [key, element])
    }
  }
}

/** Go visits maps in the order of their keys. */
function entriesOf(value: Value, run: Run): Iterable<readonly [Value, Value]> {
  if (Array.isArray(value)) return value.entries()
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
  fail(run, `range wants a list or a map, not ${typeOf(value)}`)
  return []
}

function evaluate(expression: Expression, run: Run): Value {
  if (!mayStep(run)) return ''
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'dot':
      return pick(run.dot, expression.fields, run)
    case 'variable':
      return pick(run.variables.findLast(({ name }) => name === expression.name)?.value, expression.fields, run)
    case 'pick':
      return pick(evaluate(expression.from, run), expression.fields, run)
    case 'call':
      return call(expression.name, expression.args, run)
  }
}

function pick(from: Value, fields: readonly string[], run: Run): Value {
  return fields.reduce<Value>((value, field) => {
    if (value instanceof Map) return value.get(field) ?? ''
    return fail(run, `${typeOf(value)} has no field ".${field}"`)
  }, from)
}

function call(name: string, operands: readonly Expression[], run: Run): Value {
  const args: Value[] = []
  for (const operand of operands) {
    const value = evaluate(operand, run)
    if ((textOf(value)?.length ?? 0) > textMax) fail(run, tooLong)
    if (run.failure !== undefined) return ''
    args.push(value)
    // What comes after what decides is not evaluated: `and (hasKey …) (index …)`.
    if ((name === 'and' && !isTrue(value)) || (name === 'or' && isTrue(value))) return value
  }
  return functions.get(name)?.apply(args, (reason) => fail(run, reason))
}

function printValue(value: Value, source: string, run: Run): void {
  const pieces = piecesOf(value)
  if (pieces === undefined) fail(run, `"{{${source}}}" gives ${typeOf(value)}, which cannot be printed`)
  else for (const piece of pieces) print(piece, source, run)
}

function print(piece: Piece, source: string | undefined, run: Run): void {
  run.length += piece.text.length
  if (run.length > textMax) fail(run, tooLong)
  else run.printed.push({ kind: piece.kind, text: piece.text, source })
}

function mayStep(run: Run): boolean {
  if (run.failure === undefined && ++run.steps > stepsMax) fail(run, `takes more than ${stepsMax} steps`)
  return run.failure === undefined
}

function fail(run: Run, reason: string): Value {
  run.failure ??= reason
  return ''
}
