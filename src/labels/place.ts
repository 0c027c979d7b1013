// Where in the schema a path leads.
import { nearest } from '../model/nearest.ts'
import type { Problem } from '../model/problem.ts'
import { fieldNamed } from './schema.ts'
import type { Schema } from './schema.ts'
import { isIndex } from './tree.ts'

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
    if (!isIndex(name)) depth++
    if (place?.kind === 'map') {
      if (place.object !== undefined) object = { kind: place.object, name }
      if (place.names.dotted) break
    }
    place = place && schemaBelow(place, name)
  }
  return { object, depth }
}

const collections = ['routers', 'services', 'middlewares'] as const
const kinds = { routers: 'router', services: 'service', middlewares: 'middleware' } as const

/**
 * The object a label was meant for that cannot be read or has a misspelling before the object's name: `http.router.a.…`,
 * `http.routers[a].…`. What it would have said of that object may be what guards it.
 */
export function objectMeant(label: string): Problem['object'] {
  const names = label.split(/[.[\]]+/).filter((name) => name !== '')
  const http = names.slice(0, 2).findIndex((name) => nearest(name, ['http']) !== undefined)
  const [collection, object] = names.slice(http + 1)
  if (http === -1 || collection === undefined || object === undefined) return undefined
  // `routers[0]` names none.
  if (/^\d+$/.test(object)) return undefined
  const meant = collections.find((known) => known === nearest(collection, collections))
  return meant && { kind: kinds[meant], name: object }
}

/** Undefined: nothing of that name is known here. An index stays at a leaf, which may be a list. */
export function schemaBelow(schema: Schema, name: string): Schema | undefined {
  switch (schema.kind) {
    case 'struct':
      return fieldNamed(schema.fields, name)?.schema
    case 'enabled':
      return schemaBelow(schema.struct, name)
    case 'variants':
      return fieldNamed(schema.fields, name)?.schema
    case 'map':
      return schema.value
    case 'records':
      return isIndex(name) ? schema.item : undefined
    case 'leaf':
      return isIndex(name) ? schema : undefined
    case 'free':
    case 'inert':
      return undefined
  }
}
