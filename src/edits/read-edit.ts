// Unknown JSON → an edit, or the sentence that says what is wrong with it.
import { didYouMean } from '../model/nearest.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { FieldChanges, Place } from './edit.ts'
import { balancerFields, memberFields, shown } from './fields.ts'
import type { FieldValue, Reading } from './fields.ts'

export interface AskedEdit {
  readonly place: Place
  readonly changes: FieldChanges
}

/** `{ service, slot?, set: { field: value, … } }`. Whether the place exists is for the caller to say. */
export function readEdit(given: unknown): Reading<AskedEdit> {
  if (!isObject(given)) return no(`an edit is an object {"service": …, "slot": …, "set": {…}}, not ${shown(given)}`)
  const known = ['service', 'slot', 'set']
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) return no(unknownField(unknown, known, 'an edit'))
  const { service, slot, set } = given
  if (typeof service !== 'string' || service === '') return no('"service" is missing: the name of the balancer')
  if (!service.includes('@'))
    return no(`"service" is ${shown(service)}, and must be a full name as in ${shown(`${service}@docker`)}`)
  if (slot !== undefined && (typeof slot !== 'string' || slot === '')) {
    return no(`"slot" is ${shown(slot)}, and must be the slot of a member; leave it out to edit the balancer`)
  }
  const changes = readChanges(set, slot !== undefined)
  if (!changes.ok) return changes
  return { ok: true, value: { place: { service: service as QualifiedName, slot }, changes: changes.value } }
}

/** `null` is kept: it resets a field to what is declared. */
function readChanges(set: unknown, ofMember: boolean): Reading<FieldChanges> {
  const fields = ofMember ? memberFields : balancerFields
  const whose = ofMember ? 'a member' : 'a balancer'
  const names = Object.keys(fields)
  if (!isObject(set) || Object.keys(set).length === 0) {
    return no(`"set" is ${shown(set)}, and must say what to change of ${whose}: ${names.join(', ')}`)
  }
  const changes: Record<string, FieldValue | null> = {}
  for (const [name, value] of Object.entries(set)) {
    const read = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (read === undefined) return no(unknownField(name, names, whose))
    if (value === null) {
      changes[name] = null
      continue
    }
    const reading = read(value, name)
    if (!reading.ok) return reading
    changes[name] = reading.value
  }
  return { ok: true, value: changes }
}

function unknownField(name: string, known: readonly string[], whose: string): string {
  const hint = didYouMean(name, known) ?? `there are ${known.join(', ')}`
  return `${whose} has no field ${shown(name)}; ${hint}`
}

export function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

function no(reason: string): Reading<never> {
  return { ok: false, reason }
}
