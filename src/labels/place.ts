// Where in the schema a label leads.
import type { Problem } from '../model/problem.ts'
import { fieldNamed } from './schema.ts'
import type { Schema } from './schema.ts'

interface Place {
  /** The router, service or middleware the path leads into. */
  readonly object: Problem['object']
  /** How many names the label has, the root included. */
  readonly depth: number
}

export function placeOf(schema: Schema, path: readonly string[]): Place {
  let place: Schema | undefined = schema
  let object: Problem['object']
  let depth = 1
  for (const name of path) {
    if (!name.startsWith('[')) depth++
    if (place?.kind === 'map') {
      if (place.object !== undefined) object = { kind: place.object, name }
      if (place.names.dotted) break
      place = place.value
    } else {
      place = fieldAt(place, name)
    }
  }
  return { object, depth }
}

function fieldAt(place: Schema | undefined, name: string): Schema | undefined {
  if (place?.kind === 'struct') return fieldNamed(place.fields, name)?.schema
  if (place?.kind === 'enabled') return fieldNamed(place.struct.fields, name)?.schema
  if (place?.kind === 'variants') return fieldNamed(place.kinds, name)?.schema
  return undefined
}
