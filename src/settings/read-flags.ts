// Command line words → tree, by the rules of Traefik's flags.
import type { Schema } from '../labels/schema.ts'
import { branch, grow, parsePath } from '../labels/tree.ts'
import type { Branch } from '../labels/tree.ts'
import { isList, schemaAt } from './schema-at.ts'
import { SettingsError } from './settings-error.ts'

interface Flag {
  /** As written, dashes included. */
  readonly option: string
  readonly path: readonly string[]
  readonly value: string
}

/**
 * `--name=value`, `--name value`, one dash or two, any case. A switch (a boolean or a struct) without `=` is true and
 * takes no word after it; a list given again grows; any other option given again has the last value.
 * Throws a SettingsError for words that are no option at all; whether an option exists is for the schema to say.
 */
export function readFlags(words: readonly string[], schema: Schema): Branch {
  const flags = new Map<string, Flag>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const { option, path, inline } = splitFlag(word)
    const target = schemaAt(schema, path)
    let value = inline
    if (value === undefined && isSwitch(target, words[i + 1])) value = 'true'
    if (value === undefined) {
      value = words[++i]
      if (value === undefined) throw new SettingsError('missing-value', `option "${option}" needs a value`)
    }
    const key = path.join('.').toLowerCase()
    const before = flags.get(key)
    if (before !== undefined && isList(target)) value = `${before.value},${value}`
    flags.set(key, { option, path, value })
  }
  const root = branch('', '')
  for (const { path, option, value } of [...flags.values()].sort(byPath)) grow(root, path, option, value)
  return root
}

function splitFlag(word: string): { option: string; path: readonly string[]; inline: string | undefined } {
  const [, option = '', name, inline] = /^(--?([^-=][^=]*))(?:=(.*))?$/s.exec(word) ?? []
  if (name === undefined) {
    const reason = 'is not an option: options begin with one or two dashes, and the value of a switch follows after "="'
    throw new SettingsError('unexpected-argument', `"${word}" ${reason}`)
  }
  const path = parsePath(name)
  if (!path.ok) throw new SettingsError('unknown-option', `option "${option}": ${path.reason}`)
  return { option, path: path.segments, inline }
}

/** Of an option without effect or without existence the type is not known: it takes a word that looks like a value. */
function isSwitch(schema: Schema | undefined, next: string | undefined): boolean {
  if (schema === undefined || schema.kind === 'inert') return next === undefined || next.startsWith('-')
  return schema.kind !== 'leaf' || schema.isSwitch
}

function byPath(a: Flag, b: Flag): number {
  return a.path.join('.') < b.path.join('.') ? -1 : 1
}
