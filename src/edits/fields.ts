// What each field of an edit may be, and the sentence for what it may not. Values are what a JSON parser made of them.
import { methods, statusLetters } from '../model/service-config.ts'
import { didYouMean } from '../model/nearest.ts'
import { routeLengthMax } from '../model/route-of-slot.ts'

export type FieldValue = string | number | boolean

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  /** A whole sentence, that names the field and what it may be. */
  | { readonly ok: false; readonly reason: string }

type Field = (given: unknown, name: string) => Reading<FieldValue>

const weightMax = 65_535
const lbsetMax = 99
const attemptsMax = 100
/** Node fires a timer longer than that at once. */
const retryMsMax = 2 ** 31 - 1
/** Of what is echoed in a sentence. */
const shownMax = 60

export const memberFields: Readonly<Record<string, Field>> = {
  weight(given, name) {
    const isWeight = typeof given === 'number' && given >= 0.01 && given <= weightMax
    if (!isWeight || Math.abs(given * 100 - Math.round(given * 100)) > 1e-6) {
      return refused(given, name, `a number from 0.01 to ${weightMax} in steps of 0.01`)
    }
    return { ok: true, value: Math.round(given * 100) / 100 }
  },
  route: (given, name) => route(given, name, false),
  redirect: (given, name) => route(given, name, true),
  lbset: wholeNumber(lbsetMax),
  status(given, name) {
    if (typeof given !== 'string') return refused(given, name, `letters of ${statusLetters}`)
    const letters = new Set(given.toUpperCase())
    const unknown = [...letters].filter((letter) => !statusLetters.includes(letter))
    if (unknown.length > 0) return refused(given, name, statusMeans)
    return { ok: true, value: [...statusLetters].filter((letter) => letters.has(letter)).join('') }
  },
}

export const balancerFields: Readonly<Record<string, Field>> = {
  method(given, name) {
    if (methods.some((method) => method === given)) return { ok: true, value: given as string }
    const hint = typeof given === 'string' ? didYouMean(given, methods) : undefined
    return refused(given, name, `one of: ${methods.join(', ')}${hint === undefined ? '' : ` (${hint})`}`)
  },
  sticky: trueOrFalse,
  failover: trueOrFalse,
  maxAttempts: wholeNumber(attemptsMax),
  retryMs: wholeNumber(retryMsMax),
}

const statusMeans =
  'letters of DSNHRI: D disabled, S stopped, N drains, H hot standby, R hot spare, I ignores errors; ' +
  'all others are for Muster to decide'

function route(given: unknown, name: string, mayBeEmpty: boolean): Reading<FieldValue> {
  const isRoute = typeof given === 'string' && given.length <= routeLengthMax && /^[0-9A-Za-z_.-]*$/.test(given)
  if (isRoute && (given !== '' || mayBeEmpty)) return { ok: true, value: given }
  return refused(given, name, `1 to ${routeLengthMax} letters, digits, "_", "." and "-"`)
}

function wholeNumber(max: number): Field {
  return (given, name) =>
    Number.isInteger(given) && Number(given) >= 0 && Number(given) <= max
      ? { ok: true, value: Number(given) }
      : refused(given, name, `a whole number from 0 to ${max}`)
}

function trueOrFalse(given: unknown, name: string): Reading<FieldValue> {
  return typeof given === 'boolean' ? { ok: true, value: given } : refused(given, name, 'true or false')
}

function refused(given: unknown, name: string, allowed: string): Reading<never> {
  return { ok: false, reason: `"${name}" is ${shown(given)}, and must be ${allowed}` }
}

/** As JSON, which has no control characters, and not more of it than a sentence can bear. */
export function shown(given: unknown): string {
  const text = JSON.stringify(given) ?? 'nothing'
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`
}
