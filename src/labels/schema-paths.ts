// A schema as a list of rows: what the tables of labels.md are made of, and a listing of options.
import type { Leaf } from './leaf.ts'
import type { Marks } from './marks.ts'
import type { Enabled, Fields, Free, Inert, Schema } from './schema.ts'

export interface SchemaPath {
  /** `http.routers.<router>.rule`: names the user chooses stand in angle brackets, `[n]` is an index. */
  readonly path: string
  /** In words; `switch` for a struct that is turned on as a whole. */
  readonly type: string
  /** As one would write it, or `required`; undefined when an absent field means nothing. */
  readonly byDefault: string | undefined
  /** Why it has no effect: then it is known by name only, with everything below it. Undefined for what works. */
  readonly inert: string | undefined
  readonly state: Marks['state']
  readonly about: string | undefined
}

/** One place of a schema where a user may write something. */
export interface Place extends Pick<SchemaPath, 'path' | 'state' | 'about'> {
  readonly schema: Leaf<unknown> | Enabled | Free | Inert
}

export function* schemaPaths(schema: Schema): Iterable<SchemaPath> {
  for (const { schema: end, ...row } of schemaPlaces(schema)) yield { ...row, ...valueOf(end) }
}

function valueOf(schema: Place['schema']): Pick<SchemaPath, 'type' | 'byDefault' | 'inert'> {
  switch (schema.kind) {
    case 'leaf':
      return { type: schema.type, byDefault: textOf(schema), inert: undefined }
    case 'enabled':
      return { type: 'switch', byDefault: 'off', inert: undefined }
    case 'free':
      return { type: 'anything', byDefault: undefined, inert: undefined }
    case 'inert':
      return { type: '', byDefault: undefined, inert: schema.sentence }
  }
}

/** In the order of the schema. A name that may have dots, and all that is free, end in `…`. */
export function* schemaPlaces(schema: Schema, path = '', outer?: Pick<Place, 'state' | 'about'>): Iterable<Place> {
  const state = outer?.state ?? schema.state
  const about = schema.about ?? outer?.about
  switch (schema.kind) {
    case 'leaf':
    case 'inert':
      yield { path, state, about, schema }
      return
    case 'free':
      yield { path: `${path}.…`, state, about, schema }
      return
    case 'struct':
      yield* fieldPlaces(schema.fields, path, state)
      return
    case 'enabled':
      if (schema.takesValue) yield { path, state, about, schema }
      yield* fieldPlaces(schema.struct.fields, path, state)
      return
    case 'variants':
      yield* fieldPlaces(schema.fields, path, state)
      return
    case 'map':
      yield* schemaPlaces(schema.value, `${path}.<${schema.key}${schema.names.dotted ? '…' : ''}>`, { state, about })
      return
    case 'records':
      yield* schemaPlaces(schema.item, `${path}[n]`, { state, about: undefined })
  }
}

function* fieldPlaces(fields: Fields, path: string, state: Marks['state']): Iterable<Place> {
  for (const [name, schema] of Object.entries(fields))
    yield* schemaPlaces(schema, path === '' ? name : `${path}.${name}`, { state, about: undefined })
}

/** A default as one would write it; undefined when it says no more than leaving the field out. */
function textOf({ fallback, type, required }: Leaf<unknown>): string | undefined {
  if (required) return 'required'
  if (fallback === undefined || fallback === '') return undefined
  if (Array.isArray(fallback)) return fallback.length === 0 ? undefined : fallback.join(',')
  const number = fallback as number
  if (type === 'duration') return number % 1000 === 0 ? `${number / 1000}s` : `${number}ms`
  return `${fallback as string | number | boolean}`
}
