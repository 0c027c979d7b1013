// The labels of a container as a JSON Schema (draft 2020-12), for the `labels` of a compose file in its map form: editors
// check values with it and show what a label means.
import { labelSchema } from './label-schema.ts'
import type { Leaf } from './leaf.ts'
import { schemaPlaces } from './schema-paths.ts'
import type { Place } from './schema-paths.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** Labels of others are let through; one of ours that is not in the schema is refused. */
export function composeLabelsJsonSchema(): JsonSchema {
  const patterns = [...schemaPlaces(labelSchema)].map((place) => [patternOf(place), schemaOf(place)] as const)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Labels that Muster reads',
    type: 'object',
    patternProperties: { ...Object.fromEntries(patterns), '^(?!(traefik|muster)\\.)': {} },
    additionalProperties: false,
  }
}

/** Fields in the spelling of this schema or, as Traefik's own pages have them, in lower case. */
function patternOf({ path, state, schema }: Place): string {
  const names = path.split('.').map((part) => {
    if (part === '…' || part.endsWith('…>')) return '.+'
    // Nothing but the name of a router, service or middleware is known not to have an "@".
    if (part.startsWith('<')) return ['<router>', '<service>', '<middleware>'].includes(part) ? '[^.@]+' : '[^.]+'
    const [name = '', index] = part.split('[')
    const lower = name.toLowerCase()
    return `${lower === name ? name : `(${name}|${lower})`}${index === undefined ? '' : indexPattern}`
  })
  const items = schema.kind === 'leaf' && schema.readItems !== undefined ? `(${indexPattern})?` : ''
  const below = schema.kind === 'inert' ? '(\\..+|\\[.+)?' : ''
  return `^${state === 'musterOnly' ? 'muster' : '(traefik|muster)'}\\.${names.join('\\.')}${items}${below}$`
}

const indexPattern = '\\[\\d+\\]'

function schemaOf({ schema, about, state }: Place): JsonSchema {
  if (schema.kind === 'inert') return { description: `Without effect: ${schema.sentence}.`, deprecated: true }
  const notes = [
    about,
    state === 'pending' ? 'read, not run yet' : undefined,
    state === 'musterOnly' ? 'Muster only' : undefined,
  ].filter((note) => note !== undefined)
  return { ...(notes.length === 0 ? {} : { description: notes.join(' — ') }), ...valueSchema(schema) }
}

/** Compose replaces `${…}` before anybody reads a value, and takes numbers, booleans and nothing at all for texts. */
const interpolated: JsonSchema = { type: 'string', pattern: '\\$' }

function valueSchema(schema: Exclude<Place['schema'], { kind: 'inert' }>): JsonSchema {
  if (schema.kind === 'enabled') return { anyOf: [{ enum: [true, false, 'true', 'false', '', null] }, interpolated] }
  if (schema.kind === 'free') return { type: plain }
  const { words, bounds, isSwitch, fallback } = schema
  const byDefault =
    ['string', 'number', 'boolean'].includes(typeof fallback) && fallback !== '' ? { default: fallback } : {}
  if (words !== undefined) return { ...byDefault, anyOf: [{ enum: words }, interpolated] }
  if (isSwitch) return { ...byDefault, anyOf: [{ type: 'boolean' }, { enum: booleans }, interpolated] }
  if (bounds !== undefined) return { ...byDefault, anyOf: [...numberWithin(bounds), interpolated] }
  return { ...byDefault, type: plain }
}

const plain = ['string', 'number', 'boolean', 'null']
const booleans = ['true', 'True', 'TRUE', 't', 'T', '1', 'false', 'False', 'FALSE', 'f', 'F', '0']

function numberWithin({ min, max, decimals }: NonNullable<Leaf<unknown>['bounds']>): readonly JsonSchema[] {
  const fraction = decimals === undefined ? '' : `(\\.\\d{1,${decimals}})?`
  return [
    // Not `multipleOf`: 0.07 is no multiple of 0.01 in floating point.
    { type: decimals === undefined ? 'integer' : 'number', minimum: min, maximum: max },
    { type: 'string', pattern: `^[+-]?\\d+${fraction}$` },
  ]
}
