// What an update changed, for the log line and the journal. Objects that are the same one as before are not looked into:
// of thousands, an update changes a few.
import { isDeepStrictEqual } from 'node:util'
import { changesBetween } from './changes.ts'
import type { MemberConfig, ServiceConfig } from './service-config.ts'
import type { DynamicConfig } from './merge.ts'

export interface ConfigDiff {
  /** `router web@docker`, `member web@docker demo/web/2`, … sorted by kind and name. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

interface Changed {
  readonly added: string[]
  readonly removed: string[]
  readonly changed: string[]
}

export function diff(before: DynamicConfig, after: DynamicConfig): ConfigDiff {
  const told: Changed = { added: [], removed: [], changed: [] }
  const tell = <T>(kind: string, known: ReadonlyMap<string, T>, now: ReadonlyMap<string, T>, isEqual: Equal<T>): void =>
    addChanges(told, kind, changesOf(known, now, isEqual))
  tell('router', before.routers, after.routers, isDeepStrictEqual)
  tell('service', before.services, after.services, isSameButForMembers)
  for (const [name, service] of changesBetween(before.services, after.services)) {
    tell('member', membersOf(name, before.services.get(name)), membersOf(name, service), isDeepStrictEqual)
  }
  tell('middleware', before.middlewares, after.middlewares, isDeepStrictEqual)
  for (const protocol of ['tcp', 'udp'] as const) {
    for (const kind of ['routers', 'services', 'middlewares'] as const) {
      const name = `${protocol} ${kind.slice(0, -1)}`
      tell<unknown>(name, before[protocol][kind], after[protocol][kind], isDeepStrictEqual)
    }
  }
  return told
}

export function isSame(before: DynamicConfig, after: DynamicConfig): boolean {
  return isDeepStrictEqual(before, after)
}

type Equal<T> = (before: T, after: T) => boolean

/** By name, in order; what is another object but says the same is no change. */
function changesOf<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  isEqual: Equal<T>,
): readonly (readonly [name: string, what: keyof Changed])[] {
  const names = [...changesBetween(before, after).keys()].sort()
  return names.flatMap((name): readonly (readonly [string, keyof Changed])[] => {
    const [known, now] = [before.get(name), after.get(name)]
    if (known === undefined) return [[name, 'added']]
    if (now === undefined) return [[name, 'removed']]
    return isEqual(known, now) ? [] : [[name, 'changed']]
  })
}

function addChanges(into: Changed, kind: string, changes: ReturnType<typeof changesOf>): void {
  for (const [name, what] of changes) into[what].push(`${kind} ${name}`)
}

// Members come and go far more often than a service's own settings change: the two are told apart.
function isSameButForMembers(before: ServiceConfig, after: ServiceConfig): boolean {
  return isDeepStrictEqual({ ...before, members: [] }, { ...after, members: [] })
}

function membersOf(name: string, service: ServiceConfig | undefined): ReadonlyMap<string, MemberConfig> {
  return new Map((service?.members ?? []).map((m) => [`${name} ${m.slot} ${m.host}:${m.port}`, m]))
}
