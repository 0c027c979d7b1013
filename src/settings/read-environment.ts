// Environment variables → tree, by the rules of Traefik's.
import { schemaBelow } from '../labels/place.ts'
import type { Schema, Struct } from '../labels/schema.ts'
import { branch, grow } from '../labels/tree.ts'
import type { Branch } from '../labels/tree.ts'
import { nearest } from '../model/nearest.ts'
import { removedRoots } from './removed-options.ts'
import { isList } from './schema-at.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Later ones win. */
const prefixes = ['TRAEFIK_', 'MUSTER_'] as const

/**
 * `MUSTER_ENTRYPOINTS_WEB_ADDRESS` and `TRAEFIK_…` alike; names the user chooses come out in lower case, a number is an
 * index where the option is a list. As with Traefik a variable that begins with no option's name is somebody else's
 * (`TRAEFIK_PORT_80_TCP`, of a link or a Kubernetes service); one that nearly does is a mistake, for the schema to refuse.
 */
export function readEnvironment(env: Environment, schema: Struct): Branch {
  const root = branch('', '')
  for (const prefix of prefixes) {
    for (const variable of Object.keys(env).sort()) {
      const value = env[variable]
      if (value === undefined || !variable.startsWith(prefix)) continue
      const names = variable.slice(prefix.length).toLowerCase().split('_')
      if (isOption(names[0] ?? '', schema)) grow(root, pathOf(names, schema), variable, value)
    }
  }
  return root
}

function isOption(name: string, { fields }: Struct): boolean {
  const known = Object.keys(fields).filter((field) => !Object.hasOwn(removedRoots, field))
  return nearest(name, known) !== undefined
}

function pathOf(names: readonly string[], schema: Schema): string[] {
  let place: Schema | undefined = schema
  return names.map((name) => {
    const indexed: boolean = /^\d+$/.test(name) && (place?.kind === 'records' || isList(place))
    const step: string = indexed ? `[${name}]` : name
    place = place === undefined || place.kind === 'inert' ? undefined : schemaBelow(place, step)
    return step
  })
}
