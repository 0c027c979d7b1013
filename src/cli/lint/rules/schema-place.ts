// A label's place in the grammar.
import { labelSchema } from '../../../labels/label-schema.ts'
import { fieldNamed } from '../../../labels/schema.ts'
import type { Schema } from '../../../labels/schema.ts'
import { parsePath } from '../../../labels/tree.ts'

/** The schemas from the root to what the label names; fewer when a part of it is unknown. */
export function schemasOf(label: string): readonly Schema[] {
  const path = parsePath(label.slice(label.indexOf('.') + 1))
  const found: Schema[] = []
  if (!path.ok) return found
  let place: Schema | undefined = labelSchema
  for (const segment of path.segments) {
    place = place === undefined ? undefined : below(place, segment)
    if (place === undefined) break
    found.push(place)
  }
  return found
}

function below(schema: Schema, name: string): Schema | undefined {
  switch (schema.kind) {
    case 'struct':
      return fieldNamed(schema.fields, name)?.schema
    case 'enabled':
      return below(schema.struct, name)
    case 'variants':
      return fieldNamed({ ...schema.kinds, ...schema.besides }, name)?.schema
    case 'map':
      return schema.value
    case 'records':
      return schema.item
    case 'leaf':
    case 'free':
    case 'inert':
      return undefined
  }
}
