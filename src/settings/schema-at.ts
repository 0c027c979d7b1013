// The schema of an option, by its path.
import { schemaBelow } from '../labels/place.ts'
import type { Schema } from '../labels/schema.ts'

/** Undefined: no such option. */
export function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  let place: Schema | undefined = schema
  for (const name of path) {
    if (place === undefined || place.kind === 'inert') break
    place = schemaBelow(place, name)
  }
  return place
}

/** True for a value given as several texts: again, or one by one as `[0]`, `[1]`. */
export function isList(schema: Schema | undefined): boolean {
  return schema?.kind === 'leaf' && schema.readItems !== undefined
}
