// What can be said of any part of a schema, for people and for tables; decoding itself does not depend on it.
import type { Finding } from './finding.ts'

export interface Marks {
  /** For labels.md and for editors: a phrase without a full stop. */
  readonly about?: string
  /** `pending`: read and checked, but it does not run yet, nor does anything below. */
  readonly state?: 'pending' | 'musterOnly'
  /** Told to whoever sets it. */
  readonly remark?: { readonly severity: Finding['severity']; readonly reason: string }
}

export function about<S extends Marks>(phrase: string, schema: S): S {
  return { ...schema, about: phrase }
}

/** What does not run yet and is told elsewhere: the linker speaks of a router's TLS, and of a middleware in use. */
export function pending<S extends Marks>(schema: S): S {
  return { ...schema, state: 'pending' }
}

/** What does not run yet, told to whoever sets it. `error`: the thing it belongs to does not work without it. */
export function notYet<S extends Marks>(reason: string, schema: S, severity: Finding['severity'] = 'warning'): S {
  return { ...schema, state: 'pending', remark: { severity, reason } }
}

/** Traefik has no such field, and leaves out a container that has it under its own root. */
export function musterOnly<S extends Marks>(schema: S): S {
  return { ...schema, state: 'musterOnly' }
}
