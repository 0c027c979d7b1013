// The schema of an option, by its path.
import { fieldNamed } from '../labels/schema.ts'
import type { Schema } from '../labels/schema.ts'
import { isIndex } from '../labels/tree.ts'

/** Undefined: no such option. */
export function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  let place: Schema | undefined = schema
  for (const name of path) {
    if (place === undefined || place.kind === 'inert') break
    place = schemaBelow(place, name)
  }
  return place
}

export function schemaBelow(schema: Schema, name: string): Schema | undefined {
  if (schema.kind === 'struct') return fieldNamed(schema.fields, name)?.schema
  if (schema.kind === 'enabled') return schemaBelow(schema.struct, name)
  if (schema.kind === 'map') return schema.value
  if (schema.kind === 'records') return isIndex(name) ? schema.item : undefined
  return schema.kind === 'leaf' && isIndex(name) ? schema : undefined
}

/** True for a value given as several texts: again, or one by one as `[0]`, `[1]`. */
export function isList(schema: Schema | undefined): boolean {
  return schema?.kind === 'leaf' && schema.readItems !== undefined
}
