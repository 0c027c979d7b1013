// The words a schema is written in. A schema is data: decoding, the messages, the nearest spellings and the tables of
// labels.md are all read off it, so that a new option is one new row.
import type { ObjectKind } from '../model/problem.ts'
import type { Leaf } from './leaf.ts'

export type Schema = Leaf<unknown> | Struct | Enabled | MapOf | Records | Variants | Inert

export interface Fields {
  readonly [name: string]: Schema
}

/** Fixed fields. Absent, it has the defaults of its fields. */
export interface Struct<F extends Fields = Fields> {
  readonly kind: 'struct'
  readonly fields: F
}

/** A struct that can be switched as a whole (Traefik's allowEmpty): absent is off, `true` or any field is on. */
export interface Enabled<F extends Fields = Fields> {
  readonly kind: 'enabled'
  readonly struct: Struct<F>
}

/** Entries under names the user chose. */
export interface MapOf<S extends Schema = Schema> {
  readonly kind: 'map'
  /** What stands for the name in labels.md, and in a Problem when it is an object of the model. */
  readonly key: string
  readonly object: ObjectKind | undefined
  readonly value: S
}

/** A list of structs. */
export interface Records<S extends Schema = Schema> {
  readonly kind: 'records'
  readonly item: S
}

/** Exactly one of several structs, named by its kind. */
export interface Variants<F extends Fields = Fields> {
  readonly kind: 'variants'
  readonly kinds: F
  /** Fields that may stand beside the one kind. */
  readonly besides: Readonly<Record<string, Inert>>
}

/** Known by name and without effect, with everything below it. */
export interface Inert {
  readonly kind: 'inert'
  readonly what: 'unsupported' | 'ignored'
  /** Why; for `unsupported` a whole sentence in lower case. */
  readonly sentence: string
  /** Muster behaves as if it were off, so a value that says so is no problem. */
  readonly mayBeOff: boolean
}

export function struct<const F extends Fields>(fields: F): Struct<F> {
  return { kind: 'struct', fields }
}

export function enabled<const F extends Fields>(fields: F): Enabled<F> {
  return { kind: 'enabled', struct: struct(fields) }
}

export function map<S extends Schema>(key: string, value: S): MapOf<S> {
  return { kind: 'map', key, object: undefined, value }
}

/** A map whose entries are routers, services or middlewares: what is wrong below one belongs to it. */
export function objects<S extends Schema>(object: ObjectKind, value: S): MapOf<S> {
  return { kind: 'map', key: object, object, value }
}

export function records<S extends Schema>(item: S): Records<S> {
  return { kind: 'records', item }
}

export function variants<const F extends Fields>(kinds: F, besides: Variants['besides'] = {}): Variants<F> {
  return { kind: 'variants', kinds, besides }
}

export function unsupported(sentence: string, { mayBeOff = false } = {}): Inert {
  return { kind: 'inert', what: 'unsupported', sentence, mayBeOff }
}

export function ignored(sentence: string): Inert {
  return { kind: 'inert', what: 'ignored', sentence, mayBeOff: false }
}

/** The decoded form of a schema. */
export type Infer<S> =
  S extends Leaf<infer T>
    ? T
    : S extends Struct<infer F>
      ? { readonly [K in keyof F]: Infer<F[K]> }
      : S extends Enabled<infer F>
        ? { readonly [K in keyof F]: Infer<F[K]> } | undefined
        : S extends MapOf<infer V>
          ? ReadonlyMap<string, Exclude<Infer<V>, undefined>>
          : S extends Records<infer I>
            ? readonly Infer<I>[]
            : S extends Variants<infer F>
              ? { [K in keyof F]: Variant<K, Infer<F[K]>> }[keyof F] | undefined
              : undefined

type Variant<K, V> = V extends object ? V & { readonly kind: K } : never

/** The field a user means, without regard to case: its name and schema. */
export function fieldNamed(fields: Fields, spelled: string): { name: string; schema: Schema } | undefined {
  const wanted = spelled.toLowerCase()
  for (const [name, schema] of Object.entries(fields)) if (name.toLowerCase() === wanted) return { name, schema }
  return undefined
}
