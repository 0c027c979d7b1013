// What expressions of a template evaluate to. Text remembers where it came from: what the template's author wrote may
// hold quotes, what a container brought along may not end the ones it is put into.

export type Value = string | number | boolean | undefined | Written | readonly Value[] | ReadonlyMap<string, Value>

export interface Piece {
  /** `text` is the template's own, `value` a container's, `literal` a container's between quotes and escaped. */
  readonly kind: 'text' | 'value' | 'literal'
  readonly text: string
}

/** Text of which parts are the template's own. A plain string is a container's altogether. */
export class Written {
  readonly pieces: readonly Piece[]

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces
  }
}

export function written(text: string): Written {
  return new Written([{ kind: 'text', text }])
}

/** Undefined for what is not a text. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Written ? value.pieces.map(({ text }) => text).join('') : undefined
}

/** Undefined for what cannot be printed: lists, maps, and nothing at all. */
export function piecesOf(value: Value): readonly Piece[] | undefined {
  if (value instanceof Written) return value.pieces
  if (typeof value === 'object' || value === undefined) return undefined
  return [{ kind: 'value', text: String(value) }]
}

/** Go's `strconv.Quote`, as far as rules read it. */
export function quoted(text: string): Piece {
  return { kind: 'literal', text: JSON.stringify(text.toWellFormed()) }
}

/** All of it is the template's own. */
export function isOwn(value: Value): boolean {
  if (value instanceof Written) return value.pieces.every(({ kind }) => kind === 'text')
  return typeof value === 'number' || typeof value === 'boolean'
}

/** Go: nothing, false, 0 and what is empty are not true. */
export function isTrue(value: Value): boolean {
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value)) return value.length > 0
  return Boolean(textOf(value) ?? value)
}

/** What it is called in a complaint. */
export function typeOf(value: Value): string {
  if (textOf(value) !== undefined) return 'a text'
  if (value instanceof Map) return 'a map'
  if (Array.isArray(value)) return 'a list'
  return value === undefined ? 'nothing' : `a ${typeof value}`
}
