// The ends of a schema: what stands where a configuration has one value. Each knows how to read it and what it is
// called in messages and in labels.md.
import { didYouMean } from '../model/nearest.ts'
import { quote } from './finding.ts'
import type { Marks } from './marks.ts'
import { parseBool, parseDuration, parseInteger } from './values.ts'

export interface Leaf<T> extends Marks {
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
  /** What there is to choose from, for editors. */
  readonly words?: readonly string[]
  /** Those of them that Traefik does not know. */
  readonly ownWords?: readonly string[]
  /** `decimals`: as many digits may follow the point; absent: a whole number. */
  readonly bounds?: { readonly min: number; readonly max: number; readonly decimals?: number }
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

/** What a struct must have to be of any use; empty where it is missing, which is an error of the struct. */
export function needed(schema: Leaf<string | undefined>): Leaf<string> {
  return required(byDefault('', schema))
}

/** For types whose empty text Traefik calls an error. */
function strict<T>(type: string, read: (text: string) => Reading<T>): Leaf<T | undefined> {
  return { ...leaf(type, read), readsEmpty: true }
}

/** On one line: what ends up in a path, a URL or a field must not break out of it. */
export function text(): Leaf<string | undefined> {
  return leaf('text', (given) => {
    const refusal = notOneLine(given)
    return refusal === undefined ? value(given) : unreadable(refusal)
  })
}

/** With line breaks, as people write long rules. */
export function lines(): Leaf<string | undefined> {
  return leaf('text', (given) => value(given))
}

function notOneLine(given: string): string | undefined {
  return /\p{Cc}/u.test(given) ? 'the value has line breaks or other control characters' : undefined
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
  const upTo = max === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${max}`
  const type = bounds === undefined ? 'whole number' : `whole number, ${min} ${upTo}`
  const read = (given: string): Reading<number> => {
    const parsed = parseInteger(given)
    if (parsed === undefined) return unreadable(`${quote(given)} is not a whole number`)
    if (parsed < min || parsed > max) return unreadable(`${quote(given)} is not between ${min} and ${max}`)
    return value(Number(parsed))
  }
  return { ...strict(type, read), bounds: { min, max } }
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

/** Milliseconds. `signed`: less than 0 has a meaning; `timed`: what happens every so often cannot do so all the time. */
export function duration({ signed = false, timed = false } = {}): Leaf<number | undefined> {
  return strict('duration', (given) => {
    const read = parseDuration(given)
    if (read === undefined) return unreadable(`${quote(given)} is not a duration`, 'write 30 (seconds), 500ms or 1m30s')
    if (timed && read >= 0 && read < 1) return unreadable(`${quote(given)} is no time at all`, 'write 1ms or more')
    if (Math.abs(read) > durationMsMax || (read < 0 && !signed))
      return unreadable(`${quote(given)} is not between ${signed ? '-24' : 0} and 24 days`)
    return value(read)
  })
}

/** One of a few words, in any case. `notYet`: words Traefik knows as well; `own`: those it does not. */
export function oneOf<const V extends string>(
  words: readonly V[],
  { notYet = [], own = [] }: { notYet?: readonly string[]; own?: readonly V[] } = {},
): Leaf<V | undefined> {
  const type = words.join(', ')
  const read = (given: string): Reading<V> => {
    const wanted = given.toLowerCase()
    const word = words.find((candidate) => candidate.toLowerCase() === wanted)
    if (word !== undefined) return value(word)
    if (notYet.includes(wanted)) return { ok: false, what: 'unsupported', reason: `"${wanted}" is not supported yet` }
    return unreadable(`${quote(given)} is not one of: ${type}`, didYouMean(given, [...words, ...notYet]))
  }
  return { ...leaf(type, read), words, ...(own.length > 0 && { ownWords: own }) }
}

/** Texts separated by commas, each trimmed. `refusal`: why one of them cannot be. */
export function list(refusal: (item: string) => string | undefined = notOneLine): Leaf<readonly string[] | undefined> {
  const readItems = (texts: readonly string[]): Reading<readonly string[]> => {
    const items = texts.map((item) => item.trim()).filter((item) => item !== '')
    const [refused] = items.flatMap((item) => refusal(item) ?? [])
    if (refused !== undefined) return unreadable(refused)
    return items.length === texts.length ? value(items) : { ok: true, value: items, warning: 'left out an empty entry' }
  }
  return { ...leaf('list', (given) => readItems(given.split(','))), readItems }
}
