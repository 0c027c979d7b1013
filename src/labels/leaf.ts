// The ends of a schema: what stands where a configuration has one value. Each knows how to read it and what it is
// called in messages and in labels.md.
import { didYouMean } from '../model/nearest.ts'
import { quote } from './finding.ts'
import { parseBool, parseDuration, parseInteger } from './values.ts'

export interface Leaf<T> {
  readonly kind: 'leaf'
  /** In the words of labels.md: `true or false`, `list`. */
  readonly type: string
  /** Is never given an empty text unless it `readsEmpty`: Traefik takes an empty text for an absent one. */
  readonly read: (text: string) => Reading<T>
  /** For a value given as several texts: `x[0]=…`, or an array of a document. Absent: it takes one text only. */
  readonly readItems?: (texts: readonly string[]) => Reading<T>
  readonly readsEmpty: boolean
  /** As a flag it takes no value: being there means true. */
  readonly isSwitch: boolean
  /** When the field is absent or cannot be read. */
  readonly fallback: T
  /** A struct that is there must have it. */
  readonly required: boolean
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly warning?: string }
  | { readonly ok: false; readonly what: 'value' | 'unsupported'; readonly reason: string; readonly hint?: string }

export function value<T>(read: T): Reading<T> {
  return { ok: true, value: read }
}

export function unreadable(reason: string, hint?: string): Reading<never> {
  return { ok: false, what: 'value', reason, ...(hint === undefined ? {} : { hint }) }
}

/** A leaf of one's own: `read` is given the text and says what it is or why not. */
export function leaf<T>(type: string, read: (text: string) => Reading<T>): Leaf<T | undefined> {
  return { kind: 'leaf', type, read, readsEmpty: false, isSwitch: false, fallback: undefined, required: false }
}

/** What an absent field means. */
export function byDefault<T>(fallback: NoInfer<T>, schema: Leaf<T | undefined>): Leaf<T> {
  return { ...(schema as Leaf<T>), fallback }
}

export function required<T>(schema: Leaf<T>): Leaf<T> {
  return { ...schema, required: true }
}

/** For types whose empty text Traefik calls an error. */
function strict<T>(type: string, read: (text: string) => Reading<T>): Leaf<T | undefined> {
  return { ...leaf(type, read), readsEmpty: true }
}

export function text(): Leaf<string | undefined> {
  return leaf('text', (given) => value(given))
}

export function bool(): Leaf<boolean | undefined> {
  const read = (given: string): Reading<boolean> => {
    const parsed = parseBool(given)
    return parsed === undefined ? unreadable(`${quote(given)} is not true or false`) : value(parsed)
  }
  return { ...strict('true or false', read), isSwitch: true }
}

/** Without bounds: 32 bits. */
export function integer(bounds?: { readonly min: number; readonly max: number }): Leaf<number | undefined> {
  const { min, max } = bounds ?? { min: -(2 ** 31), max: 2 ** 31 - 1 }
  const type = bounds === undefined ? 'whole number' : `whole number, ${min} to ${max}`
  return strict(type, (given) => {
    const read = parseInteger(given)
    if (read === undefined) return unreadable(`${quote(given)} is not a whole number`)
    if (read < min || read > max) return unreadable(`${quote(given)} is not between ${min} and ${max}`)
    return value(Number(read))
  })
}

/** Go's int64, less what `reserved` keeps for Traefik's own at the upper end. A number cannot hold it. */
export function int64({ reserved = 0n } = {}): Leaf<bigint | undefined> {
  const max = 2n ** 63n - 1n - reserved
  return strict('whole number, 64 bits', (given) => {
    const read = parseInteger(given)
    if (read === undefined) return unreadable(`${quote(given)} is not a whole number`)
    if (read < -(2n ** 63n) || read > max)
      return unreadable(`${quote(given)} is not between ${-(2n ** 63n)} and ${max}`)
    return value(read)
  })
}

/** Node fires a timer longer than 32 bits of milliseconds (24.8 days) at once, which is the opposite of what was asked. */
const durationMsMax = 2 ** 31 - 1

/** Milliseconds, 0 or more. */
export function duration(): Leaf<number | undefined> {
  return strict('duration', (given) => {
    const read = parseDuration(given)
    if (read === undefined) return unreadable(`${quote(given)} is not a duration`, 'write 30 (seconds), 500ms or 1m30s')
    if (read < 0 || read > durationMsMax) return unreadable(`${quote(given)} is not between 0 and 24 days`)
    return value(read)
  })
}

/** One of a few words, in any case. `notYet`: words Traefik knows as well. */
export function oneOf<const V extends string>(
  words: readonly V[],
  { notYet = [] }: { notYet?: readonly string[] } = {},
): Leaf<V | undefined> {
  const type = words.join(', ')
  return leaf(type, (given) => {
    const wanted = given.toLowerCase()
    const word = words.find((candidate) => candidate.toLowerCase() === wanted)
    if (word !== undefined) return value(word)
    if (notYet.includes(wanted)) return { ok: false, what: 'unsupported', reason: `"${wanted}" is not supported yet` }
    return unreadable(`${quote(given)} is not one of: ${type}`, didYouMean(given, [...words, ...notYet]))
  })
}

/** Texts separated by commas, each trimmed. */
export function list(): Leaf<readonly string[] | undefined> {
  const readItems = (texts: readonly string[]): Reading<readonly string[]> => {
    const items = texts.map((item) => item.trim()).filter((item) => item !== '')
    return items.length === texts.length ? value(items) : { ok: true, value: items, warning: 'left out an empty entry' }
  }
  return { ...leaf('list', (given) => readItems(given.split(','))), readItems }
}
