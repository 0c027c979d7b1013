// What an update changed, for the log line and the journal. Objects that are the same one as before are not looked into:
// of thousands, an update changes a few.
import { isDeepStrictEqual } from 'node:util'
import type { MemberConfig, ServiceConfig } from './dynamic-config.ts'
import type { DynamicConfig } from './merge.ts'

export interface ConfigDiff {
  /** `router web@docker`, `member web@docker demo/web/2`, … sorted by kind and name. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

interface Changes {
  readonly added: string[]
  readonly removed: string[]
  readonly changed: string[]
}

export function diff(before: DynamicConfig, after: DynamicConfig): ConfigDiff {
  const changes: Changes = { added: [], removed: [], changed: [] }
  compare('router', before.routers, after.routers, isDeepStrictEqual, changes)
  compare('service', before.services, after.services, isSameButForMembers, changes)
  compareMembers(before, after, changes)
  compare('middleware', before.middlewares, after.middlewares, isDeepStrictEqual, changes)
  compare('tcp router', before.tcp.routers, after.tcp.routers, isDeepStrictEqual, changes)
  compare('tcp service', before.tcp.services, after.tcp.services, isDeepStrictEqual, changes)
  compare('tcp middleware', before.tcp.middlewares, after.tcp.middlewares, isDeepStrictEqual, changes)
  compare('udp router', before.udp.routers, after.udp.routers, isDeepStrictEqual, changes)
  compare('udp service', before.udp.services, after.udp.services, isDeepStrictEqual, changes)
  return changes
}

export function isSame(before: DynamicConfig, after: DynamicConfig): boolean {
  return isDeepStrictEqual(before, after)
}

function compare<T>(
  kind: string,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  isEqual: (before: T, after: T) => boolean,
  into: Changes,
): void {
  for (const [name, value] of after) {
    const known = before.get(name)
    if (known === value) continue
    if (known === undefined) into.added.push(`${kind} ${name}`)
    else if (!isEqual(known, value)) into.changed.push(`${kind} ${name}`)
  }
  for (const name of before.keys()) if (!after.has(name)) into.removed.push(`${kind} ${name}`)
}

// Members come and go far more often than a service's own settings change: the two are told apart.
function isSameButForMembers(before: ServiceConfig, after: ServiceConfig): boolean {
  return isDeepStrictEqual({ ...before, members: [] }, { ...after, members: [] })
}

function compareMembers(before: DynamicConfig, after: DynamicConfig, into: Changes): void {
  const names = new Set([...after.services.keys(), ...before.services.keys()])
  for (const name of names) {
    const known = before.services.get(name)
    const service = after.services.get(name)
    if (known === service) continue
    compare('member', membersOf(name, known), membersOf(name, service), isDeepStrictEqual, into)
  }
}

function membersOf(name: string, service: ServiceConfig | undefined): ReadonlyMap<string, MemberConfig> {
  return new Map((service?.members ?? []).map((m) => [`${name} ${m.slot} ${m.host}:${m.port}`, m]))
}
