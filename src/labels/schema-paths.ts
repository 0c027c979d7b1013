// A schema as a list of rows: what labels.md is checked against, and what a listing of options is made of.
import type { Leaf } from './leaf.ts'
import type { Fields, Schema } from './schema.ts'

export interface SchemaPath {
  /** `http.routers.<router>.rule`: names the user chooses stand in angle brackets, `[n]` is an index. */
  readonly path: string
  /** In words; `switch` for a struct that is turned on as a whole. */
  readonly type: string
  /** As one would write it; undefined when an absent field means nothing. */
  readonly byDefault: string | undefined
  /** Why it has no effect: then it is known by name only, with everything below it. Undefined for what works. */
  readonly inert: string | undefined
}

/** In the order of the schema. */
export function* schemaPaths(schema: Schema, path = ''): Iterable<SchemaPath> {
  switch (schema.kind) {
    case 'leaf':
      yield { path, type: schema.type, byDefault: textOf(schema), inert: undefined }
      return
    case 'inert':
      yield { path, type: '', byDefault: undefined, inert: schema.sentence }
      return
    case 'struct':
      yield* fieldPaths(schema.fields, path)
      return
    case 'enabled':
      yield { path, type: 'switch', byDefault: 'off', inert: undefined }
      yield* fieldPaths(schema.struct.fields, path)
      return
    case 'variants':
      yield* fieldPaths({ ...schema.kinds, ...schema.besides }, path)
      return
    case 'map':
      yield* schemaPaths(schema.value, `${path}.<${schema.key}>`)
      return
    case 'records':
      yield* schemaPaths(schema.item, `${path}[n]`)
  }
}

function* fieldPaths(fields: Fields, path: string): Iterable<SchemaPath> {
  for (const [name, schema] of Object.entries(fields))
    yield* schemaPaths(schema, path === '' ? name : `${path}.${name}`)
}

function textOf({ fallback }: Leaf<unknown>): string | undefined {
  if (fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)) return undefined
  return `${fallback as string | number | boolean}`
}
