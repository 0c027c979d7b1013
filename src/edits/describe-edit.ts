// An edit in a few words, for the log and the journal: `drain shop/static/1`, `weight 3 of shop/static/1`.
import type { FieldChanges, Place } from './edit.ts'

/** The letters people have a word for, when a member has just that one. */
const statusWords: Readonly<Record<string, string>> = {
  '': 'enable',
  D: 'disable',
  S: 'stop',
  N: 'drain',
  H: 'make a hot standby of',
  R: 'make a hot spare of',
}

export function describeEdit({ service, slot }: Place, changes: FieldChanges): string {
  const [[field, value] = ['', null], ...others] = Object.entries(changes)
  const target = slot ?? service
  const word = others.length === 0 && field === 'status' ? statusWords[String(value)] : undefined
  if (word !== undefined) return `${word} ${target}`
  return `${Object.entries(changes).map(inWords).join(', ')} of ${target}`
}

function inWords([field, value]: readonly [string, string | number | boolean | null]): string {
  if (value === null) return `${field} as declared`
  if (typeof value === 'boolean') return `${field} ${value ? 'on' : 'off'}`
  return value === '' ? `no ${field}` : `${field} ${value}`
}
