// The functions of templates: Go's own and, with its order of arguments, those of Sprig that rules are made with.
import { normalize } from '../names.ts'
import { printf } from './printf.ts'
import { isOwn, isTrue, piecesOf, quoted, textOf, typeOf, Written, written } from './value.ts'
import type { Piece, Value } from './value.ts'

export interface TemplateFunction {
  readonly least: number
  readonly most: number
  /** `fail` takes a reason and gives what to return instead. */
  readonly apply: (args: readonly Value[], fail: Fail) => Value
}

type Fail = (reason: string) => Value

/** Characters of what a function takes and of what is printed: as many as a rule may have. */
export const textMax = 16_384

export const functions: ReadonlyMap<string, TemplateFunction> = new Map([
  // Go's.
  ['index', any(1, Infinity, ([from, ...keys], fail) => keys.reduce((value, key) => at(value, key, fail), from))],
  ['eq', any(2, Infinity, ([a, ...others], fail) => others.some((b) => equal(a, b, fail)))],
  ['ne', any(2, 2, ([a, b], fail) => !equal(a, b, fail))],
  // Their arguments are evaluated one by one, elsewhere; here are their results.
  ['and', any(1, Infinity, (args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1))],
  ['or', any(1, Infinity, (args) => args.find(isTrue) ?? args.at(-1))],
  ['not', any(1, 1, ([value]) => !isTrue(value))],
  ['len', any(1, 1, ([value], fail) => lengthOf(value) ?? fail(`${typeOf(value)} has no length`))],
  ['print', any(1, Infinity, (args, fail) => concatenated(args, [], fail))],
  ['printf', any(1, Infinity, ([format, ...args], fail) => orFail(printf(format, args), fail))],
  // Traefik's.
  ['normalize', text(1, ([name = '']) => normalize(name))],
  // Sprig's.
  ['trim', text(1, ([value = '']) => value.trim())],
  ['trimAll', text(2, ([cutset = '', value = '']) => trimAll(cutset, value))],
  ['trimPrefix', text(2, ([prefix = '', value = '']) => value.slice(value.startsWith(prefix) ? prefix.length : 0))],
  [
    'trimSuffix',
    text(2, ([suffix = '', value = '']) =>
      value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value,
    ),
  ],
  ['replace', text(3, ([old = '', by = '', value = ''], fail) => joined(value.split(old), by, fail))],
  ['lower', text(1, ([value = '']) => value.toLowerCase())],
  ['upper', text(1, ([value = '']) => value.toUpperCase())],
  ['title', text(1, ([value = '']) => value.replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase()))],
  ['contains', text(2, ([part = '', value = '']) => value.includes(part))],
  ['hasPrefix', text(2, ([prefix = '', value = '']) => value.startsWith(prefix))],
  ['hasSuffix', text(2, ([suffix = '', value = '']) => value.endsWith(suffix))],
  ['split', text(2, ([separator = '', value = '']) => numbered(value.split(separator)))],
  ['splitList', text(2, ([separator = '', value = '']) => value.split(separator))],
  ['splitn', any(3, 3, ([separator, most, value], fail) => splitn(separator, most, value, fail))],
  ['join', any(2, 2, ([separator, list], fail) => joinList(separator, list, fail))],
  ['list', any(0, Infinity, (args) => args)],
  ['first', any(1, 1, ([list], fail) => elements(list, fail).at(0))],
  ['last', any(1, 1, ([list], fail) => elements(list, fail).at(-1))],
  ['rest', any(1, 1, ([list], fail) => elements(list, fail).slice(1))],
  ['initial', any(1, 1, ([list], fail) => elements(list, fail).slice(0, -1))],
  ['default', any(2, 2, ([otherwise, value]) => (isTrue(value) ? value : otherwise))],
  ['coalesce', any(1, Infinity, (args) => args.find(isTrue))],
  ['empty', any(1, 1, ([value]) => !isTrue(value))],
  ['ternary', any(3, 3, ([yes, no, test]) => (isTrue(test) ? yes : no))],
  ['hasKey', any(2, 2, ([map, key], fail) => (map instanceof Map ? map.has(textOf(key)) : fail('hasKey wants a map')))],
  ['get', any(2, 2, ([map, key], fail) => (map instanceof Map ? at(map, key, fail) : fail('get wants a map')))],
  ['quote', any(1, Infinity, (args, fail) => quoteAll(args, fail))],
])

function any(least: number, most: number, apply: TemplateFunction['apply']): TemplateFunction {
  return { least, most, apply }
}

/** A function of texts alone. Its result is the template's own if all its arguments are. */
function text(count: number, apply: (texts: readonly string[], fail: Fail) => Value): TemplateFunction {
  return any(count, count, (args, fail) => {
    const texts: string[] = []
    for (const arg of args) {
      const read = textOf(arg)
      if (read === undefined) return fail(`wanted a text, got ${typeOf(arg)}`)
      texts.push(read)
    }
    const value = apply(texts, fail)
    return typeof value === 'string' && args.every(isOwn) ? written(value) : value
  })
}

function orFail(printed: Written | { readonly reason: string }, fail: Fail): Value {
  return printed instanceof Written ? printed : fail(printed.reason)
}

/** A key that is not there is an empty text, as Go gives it for maps of texts. */
function at(from: Value, key: Value, fail: Fail): Value {
  if (from instanceof Map) return from.get(textOf(key)) ?? ''
  if (!Array.isArray(from)) return fail(`index wants a map or a list, not ${typeOf(from)}`)
  const element: Value = typeof key === 'number' ? from[key] : undefined
  return element ?? fail(`the list has ${from.length} elements, and not this one`)
}

function equal(a: Value, b: Value, fail: Fail): boolean {
  const [one = a, other = b] = [textOf(a), textOf(b)]
  if (typeof one === 'object' || typeof one !== typeof other) fail(`cannot compare ${typeOf(a)} with ${typeOf(b)}`)
  return one === other
}

function lengthOf(value: Value): number | undefined {
  const read = textOf(value)
  if (read !== undefined) return Buffer.byteLength(read)
  if (value instanceof Map) return value.size
  return Array.isArray(value) ? value.length : undefined
}

function elements(list: Value, fail: Fail): readonly Value[] {
  if (Array.isArray(list)) return list
  fail(`wanted a list, got ${typeOf(list)}`)
  return []
}

/** Their texts with the separator between them; what is the template's own stays so. */
function concatenated(values: readonly Value[], separator: readonly Piece[], fail: Fail): Value {
  const all: Piece[] = []
  let length = 0
  for (const [i, value] of values.entries()) {
    const pieces = piecesOf(value)
    if (pieces === undefined) return fail(`${typeOf(value)} cannot be printed`)
    for (const piece of i === 0 ? pieces : [...separator, ...pieces]) {
      length += piece.text.length
      all.push(piece)
    }
    // Looked at on the way: many elements times a long separator is more memory than there is.
    if (length > textMax) return fail(tooLong)
  }
  return new Written(all)
}

function joinList(separator: Value, list: Value, fail: Fail): Value {
  const between = piecesOf(separator)
  return between === undefined ? fail('join wants a text first') : concatenated(elements(list, fail), between, fail)
}

export const tooLong = `a text is longer than ${textMax} characters`

function joined(parts: readonly string[], separator: string, fail: Fail): Value {
  const length = parts.reduce((sum, part) => sum + part.length, separator.length * (parts.length - 1))
  return length > textMax ? fail(tooLong) : parts.join(separator)
}

function trimAll(cutset: string, value: string): string {
  const characters = [...value]
  const kept = (character: string): boolean => !cutset.includes(character)
  const first = characters.findIndex(kept)
  return first === -1 ? '' : characters.slice(first, characters.findLastIndex(kept) + 1).join('')
}

/** Sprig's maps of parts: `_0`, `_1`, … */
function numbered(parts: readonly string[]): ReadonlyMap<string, Value> {
  return new Map(parts.map((part, i) => [`_${i}`, part]))
}

/** The last part is all that is left. */
function splitn(separator: Value, most: Value, value: Value, fail: Fail): Value {
  const [by, all] = [textOf(separator), textOf(value)]
  if (by === undefined || all === undefined || typeof most !== 'number')
    return fail('splitn wants a text, a number, a text')
  const parts = all.split(by)
  const head = parts.slice(0, most)
  if (most > 0 && parts.length > most) head.splice(most - 1, 1, parts.slice(most - 1).join(by))
  return numbered(most < 0 ? parts : head)
}

function quoteAll(args: readonly Value[], fail: Fail): Value {
  const literals = args.map((arg) => textOf(arg) ?? piecesOf(arg)?.[0]?.text)
  const wrong = literals.indexOf(undefined)
  if (wrong !== -1) return fail(`${typeOf(args[wrong])} cannot be quoted`)
  const between: Piece = { kind: 'text', text: ' ' }
  return new Written(literals.flatMap((literal = '', i) => (i === 0 ? quoted(literal) : [between, quoted(literal)])))
}
