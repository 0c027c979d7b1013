// Routers, services and middlewares as the API lists them: Traefik's JSON, and what a list can be searched and sorted by.
import { localName, providerOf, qualify } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Status } from '../snapshot/snapshot.ts'
import { shape } from './json.ts'

export interface Item {
  readonly name: QualifiedName
  readonly provider: string
  readonly facts: Facts
  /** As `rawdata` gives it, under its name. */
  readonly json: object
}

export interface Facts {
  readonly status: Status
  readonly rule?: string | undefined
  readonly service?: string | undefined
  readonly middlewares?: readonly string[] | undefined
  readonly priority?: bigint | undefined
  readonly entryPoints?: number
  readonly servers?: number
  readonly type?: string | undefined
}

export function item(name: QualifiedName, facts: Facts, json: object): Item {
  return { name, provider: providerOf(name), facts, json: shape(json) as object }
}

/** In a list and alone an object also says its name, provider and, where it has one, type. */
export function withName({ name, provider, json, facts: { type } }: Item): object {
  return { ...json, name, provider, ...(type === undefined ? {} : { type }) }
}

/** Traefik shows a reference inside the own provider without the provider. */
export function shownReference(reference: string, provider: string): string {
  const name = qualify(reference, provider)
  return provider !== 'internal' && providerOf(name) === provider ? localName(name) : reference
}
