// The words a schema is written in. A schema is data: decoding, the messages, the nearest spellings and the tables of
// labels.md are all read off it, so that a new option is one new row.
import type { ObjectKind } from '../model/problem.ts'
import { quote } from './finding.ts'
import type { Leaf } from './leaf.ts'
import type { Marks } from './marks.ts'

export type Schema = Leaf<unknown> | Struct | Enabled | MapOf | Free | Records | Variants | Inert

export interface Fields {
  readonly [name: string]: Schema
}

/** Fixed fields. Absent, it has the defaults of its fields. */
export interface Struct<F extends Fields = Fields> extends Marks {
  readonly kind: 'struct'
  readonly fields: F
  /** Why its fields, each of them good, are wrong together. */
  readonly check: ((fields: never) => Flaw | string | undefined) | undefined
  /** The way out, by a name in lower case that is often written here and is no field. */
  readonly misnomers: Readonly<Record<string, string>>
}

/** A reason with the way out. */
export interface Flaw {
  readonly reason: string
  readonly hint: string
}

/** A struct that may be absent as a whole. */
export interface Enabled<F extends Fields = Fields> extends Marks {
  readonly kind: 'enabled'
  readonly struct: Struct<F>
  /** Traefik's allowEmpty: `true` or nothing as its value is on, anything else off. Else it takes no value. */
  readonly takesValue: boolean
}

/** Entries under names the user chose. */
export interface MapOf<S extends Schema = Schema> extends Marks {
  readonly kind: 'map'
  /** What stands for the name in labels.md. */
  readonly key: string
  /** What an entry is in the model. */
  readonly object: ObjectKind | undefined
  readonly value: S
  readonly names: NameRules
}

export interface NameRules {
  /** Why a name cannot be. */
  readonly refusal?: (name: string) => string | undefined
  /** Names are domains: in a label the rest of the path is one name. */
  readonly dotted?: boolean
}

/** Whatever the user writes, as it is: nested maps and lists of texts. */
export interface Free extends Marks {
  readonly kind: 'free'
}

/** A list of structs. */
export interface Records<S extends Schema = Schema> extends Marks {
  readonly kind: 'records'
  readonly item: S
}

/** Exactly one of several structs, named by its kind. */
export interface Variants<F extends Fields = Fields, B extends Fields = Fields> extends Marks {
  readonly kind: 'variants'
  readonly kinds: F
  /** Fields that may stand beside the one kind. */
  readonly besides: B
  /** All of them. */
  readonly fields: Fields
  /** The kind that is meant where only fields beside it are given. */
  readonly implied: string | undefined
}

/** Known by name and without effect, with everything below it. */
export interface Inert extends Marks {
  readonly kind: 'inert'
  readonly what: 'unsupported' | 'ignored'
  /** Why; for `unsupported` a whole sentence in lower case. */
  readonly sentence: string
  /** Muster behaves as if it were off, so a value that says so is no problem. */
  readonly mayBeOff: boolean
}

export interface StructRules<F extends Fields> {
  readonly check?: (fields: DecodedFields<F>) => Flaw | string | undefined
  readonly misnomers?: Readonly<Record<string, string>>
}

export function struct<const F extends Fields>(fields: F, { check, misnomers = {} }: StructRules<F> = {}): Struct<F> {
  return { kind: 'struct', fields, check, misnomers }
}

/** Switched on by `true`, by nothing as its value, or by any field; off by any other value, fields and all. */
export function enabled<const F extends Fields>(fields: F, rules?: StructRules<F>): Enabled<F> {
  return { kind: 'enabled', struct: struct(fields, rules), takesValue: true }
}

/** There as soon as one of its fields is. */
export function optional<const F extends Fields>(fields: F, rules?: StructRules<F>): Enabled<F> {
  return { kind: 'enabled', struct: struct(fields, rules), takesValue: false }
}

export function map<S extends Schema>(key: string, value: S, names: NameRules = {}): MapOf<S> {
  return { kind: 'map', key, object: undefined, value, names }
}

/** A map whose entries are routers, services or middlewares: what is wrong below one belongs to it. */
export function objects<S extends Schema>(object: ObjectKind, value: S): MapOf<S> {
  return { kind: 'map', key: object.replace(/^.* /, ''), object, value, names: { refusal: namesProvider } }
}

function namesProvider(name: string): string | undefined {
  return name.includes('@') ? `${quote(name)}: a name may not contain "@"` : undefined
}

export function free(): Free {
  return { kind: 'free' }
}

export function records<S extends Schema>(item: S): Records<S> {
  return { kind: 'records', item }
}

export function variants<const F extends Fields, const B extends Fields>(
  kinds: F,
  besides: B,
  implied?: keyof F & string,
): Variants<F, B> {
  return { kind: 'variants', kinds, besides, fields: { ...kinds, ...besides }, implied }
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
      ? DecodedFields<F>
      : S extends Enabled<infer F>
        ? DecodedFields<F> | undefined
        : S extends MapOf<infer V>
          ? ReadonlyMap<string, Exclude<Infer<V>, undefined>>
          : S extends Free
            ? FreeValue
            : S extends Records<infer I>
              ? readonly Infer<I>[]
              : S extends Variants<infer F, infer B>
                ? { [K in keyof F]: Variant<K, Infer<F[K]>, DecodedFields<B>> }[keyof F] | undefined
                : undefined

type DecodedFields<F> = { readonly [K in keyof F as F[K] extends Inert ? never : K]: Infer<F[K]> }

export type FreeValue = string | readonly FreeValue[] | ReadonlyMap<string, FreeValue>

type Variant<K, V, B> = [V & object] extends [never]
  ? never
  : V extends ReadonlyMap<string, unknown>
    ? B & { readonly kind: K; readonly entries: V }
    : Exclude<V, undefined> & B & { readonly kind: K }

export interface Field {
  readonly name: string
  readonly schema: Schema
}

/** The field a user means, without regard to case. */
export function fieldNamed(fields: Fields, spelled: string): Field | undefined {
  return byName(fields).get(spelled.toLowerCase())
}

/** Each of the few schemas is asked for every name in every label of every container. */
const indexes = new WeakMap<Fields, ReadonlyMap<string, Field>>()

/** By their names in lower case, in the order of the schema. */
export function byName(fields: Fields): ReadonlyMap<string, Field> {
  const known = indexes.get(fields)
  if (known !== undefined) return known
  const index = new Map(Object.entries(fields).map(([name, schema]) => [name.toLowerCase(), { name, schema }]))
  indexes.set(fields, index)
  return index
}
