// What an update changed, for the log line and the journal.
import { isDeepStrictEqual } from 'node:util'
import type { ServiceConfig } from './dynamic-config.ts'
import type { DynamicConfig } from './merge.ts'

export interface ConfigDiff {
  /** `router web@docker`, `member web@docker demo/web/2`, … sorted by kind and name. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

export function diff(before: DynamicConfig, after: DynamicConfig): ConfigDiff {
  const changes = { added: [] as string[], removed: [] as string[], changed: [] as string[] }
  compare('router', before.routers, after.routers, changes)
  compare('service', withoutMembers(before), withoutMembers(after), changes)
  compare('member', members(before), members(after), changes)
  compare('middleware', before.middlewares, after.middlewares, changes)
  return changes
}

export function isSame(before: DynamicConfig, after: DynamicConfig): boolean {
  return isDeepStrictEqual(before, after)
}

function compare(
  kind: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
  into: { added: string[]; removed: string[]; changed: string[] },
): void {
  for (const [name, value] of after) {
    if (!before.has(name)) into.added.push(`${kind} ${name}`)
    else if (!isDeepStrictEqual(before.get(name), value)) into.changed.push(`${kind} ${name}`)
  }
  for (const name of before.keys()) if (!after.has(name)) into.removed.push(`${kind} ${name}`)
}

// Members come and go far more often than a service's own settings change: the two are told apart.
function withoutMembers({ services }: DynamicConfig): Map<string, ServiceConfig> {
  return new Map([...services].map(([name, settings]) => [name, { ...settings, members: [] }]))
}

function members({ services }: DynamicConfig): Map<string, unknown> {
  return new Map(
    [...services].flatMap(([name, service]) =>
      service.members.map((m) => [`${name} ${m.slot} ${m.host}:${m.port}`, m]),
    ),
  )
}
