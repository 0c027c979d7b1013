// Two states → what one has that the other has not.
import { isDeepStrictEqual } from 'node:util'
import type { Kind, Options, State } from './state.ts'

export interface Change {
  readonly what: 'added' | 'removed' | 'changed'
  readonly kind: Kind
  readonly name: string
  /** Of what is added, all of them; of what changed, those that did. */
  readonly options: Readonly<Record<string, { readonly before?: unknown; readonly after?: unknown }>>
}

const kinds = ['router', 'middleware', 'service', 'member'] as const

/** @param isOurs whether something that is only in `before` would go */
export function compare(before: State, after: State, isOurs: (kind: Kind, name: string) => boolean): readonly Change[] {
  return kinds.flatMap((kind) => {
    const names = [...new Set([...after[kind].keys(), ...before[kind].keys()])].sort()
    return names.flatMap((name): readonly Change[] => {
      const old = before[kind].get(name)
      const planned = after[kind].get(name)
      if (planned === undefined) return isOurs(kind, name) ? [{ what: 'removed', kind, name, options: {} }] : []
      const options = differences(old ?? {}, planned)
      if (old === undefined) return [{ what: 'added', kind, name, options }]
      return Object.keys(options).length === 0 ? [] : [{ what: 'changed', kind, name, options }]
    })
  })
}

function differences(before: Options, after: Options): Change['options'] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return Object.fromEntries(
    names.flatMap((name) => {
      // A member's port that its image alone knows.
      if (name === 'port' && after[name] === undefined) return []
      return isDeepStrictEqual(before[name], after[name]) ? [] : [[name, { before: before[name], after: after[name] }]]
    }),
  )
}
