// How Apache reads the values of parameters, and what it makes of those it should not take.
import type { Severity } from '../remark.ts'
import type { Parameter, Parameters } from './draft.ts'

/** Says something of the parameter whose value is read. */
type Say = (severity: Severity, text: string) => void

export interface Reader {
  readonly parameters: Parameters
  readonly tell: (line: number, severity: Severity, text: string) => void
}

/** Reads one parameter, if it is there; messages begin with it as written. */
export function readParameter<T>(
  { parameters, tell }: Reader,
  name: string,
  read: (value: string, say: Say) => T | undefined,
): T | undefined {
  const parameter: Parameter | undefined = parameters.get(name)
  if (parameter === undefined) return undefined
  const { value, line } = parameter
  return read(value, (severity, text) => tell(line, severity, `${name}=${value}: ${text}`))
}

const stops = 'Apache does not start with this'

export function onOff(value: string, say: Say): boolean | undefined {
  if (/^on$/i.test(value)) return true
  if (!/^off$/i.test(value)) say('error', `write On or Off; ${stops}. Not imported`)
  return /^off$/i.test(value) ? false : undefined
}

export function wholeNumber(min: number, max: number): (value: string, say: Say) => number | undefined {
  return (value, say) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= min && number <= max) return number
    say('error', `not a whole number from ${min} to ${max}; ${stops}. Not imported`)
    return undefined
  }
}

/** A share of the requests: 1 to 100 in steps of 0.01. */
export function loadFactor(value: string, say: Say): number | undefined {
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || number < 1 || number > 100) {
    say('error', `not a number from 1 to 100; ${stops}. Not imported`)
    return undefined
  }
  const hundredths = Math.floor(number * 100 + 1e-6)
  if (Math.abs(hundredths - number * 100) > 1e-6) say('warning', `Apache reads hundredths only: ${hundredths / 100}`)
  return hundredths / 100
}

/** Apache reads the digits at the beginning and takes them for seconds, whatever follows. */
export function seconds(value: string, say: Say): string | undefined {
  const [, digits = '0', unit = ''] = /^(\d*)(.*)$/s.exec(value) ?? []
  const read = `${Number(digits === '' ? '0' : digits)}s`
  if (value === '' || value.startsWith('-')) {
    say('error', `not a number of seconds; ${stops}. Not imported`)
    return undefined
  }
  const wanted = unitNames.get(unit.toLowerCase())
  if (unit !== '' && wanted !== 's') {
    const meant = digits !== '' && wanted !== undefined ? `; write ${digits}${wanted} here if that was meant` : ''
    say('warning', `Apache takes this for seconds, whatever the unit: ${read}${meant}`)
  }
  return read
}

const unitNames: ReadonlyMap<string, string> = new Map([
  ['ms', 'ms'],
  ['s', 's'],
  ['mi', 'm'],
  ['min', 'm'],
  ['m', 'm'],
  ['h', 'h'],
])

/** Where Apache does know units. */
export function duration(value: string, say: Say): string | undefined {
  const [, digits, unit = ''] = /^(\d+)([a-z]*)$/i.exec(value) ?? []
  const known = unitNames.get(unit === '' ? 's' : unit.toLowerCase())
  if (digits !== undefined && known !== undefined) return `${Number(digits)}${known}`
  say('error', `not a duration such as 30 or 500ms; ${stops}. Not imported`)
  return undefined
}

/** Muster's letters stay as written; the others are its own to decide. */
export function statusLetters(value: string, say: Say): string | undefined {
  const unknown = [...value].filter((letter) => !/[-+dsnhrieconguf]/i.test(letter))
  if (unknown.length > 0) say('error', `there is no status "${unknown.join('')}"; ${stops}. Not imported`)
  const own = [...value].filter((letter) => /[econguf]/i.test(letter))
  if (own.length > 0)
    say('warning', `whether a member is "${own.join('').toUpperCase()}" Muster finds out itself. Not imported`)
  const kept = [...value]
    .filter((letter) => /[-+dsnhri]/i.test(letter))
    .join('')
    .replaceAll(/[-+]+(?=[-+]|$)/g, '')
  return /[a-z]/i.test(kept) ? kept.toUpperCase() : undefined
}

const routeMax = 63

/** Apache keeps quotes that stand behind the `=`, and then finds no such route in a cookie. */
export function routeName(value: string, say: Say): string | undefined {
  const bare = value.replace(/^(["'])(.*)\1$/, '$2')
  if (bare !== value) say('warning', `Apache takes the quotes for part of it: read as ${bare}`)
  if (bare === '') return undefined
  if (bare.length <= routeMax && /^[\w.-]+$/.test(bare)) return bare
  say('error', `a route has 1 to ${routeMax} letters, digits, "_", "." or "-". Not imported`)
  return undefined
}
