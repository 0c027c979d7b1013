// What of a plan is new to somebody who has the one before: an update of one route costs the data plane one route.
import type { ServiceConfig } from '../model/dynamic-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Plan, RoutePlan } from './snapshot.ts'

/** Undefined under a name: it is gone. */
export interface PlanUpdate {
  readonly routes: ReadonlyMap<QualifiedName, RoutePlan | undefined>
  readonly services: ReadonlyMap<QualifiedName, ServiceConfig | undefined>
}

const nothing: Plan = { routes: new Map(), services: new Map() }

/** Told apart by identity: whoever makes plans keeps the objects that did not change. */
export function planUpdate(before: Plan | undefined, after: Plan): PlanUpdate {
  const { routes, services } = before ?? nothing
  return { routes: changes(routes, after.routes), services: changes(services, after.services) }
}

function changes<T>(
  before: ReadonlyMap<QualifiedName, T>,
  after: ReadonlyMap<QualifiedName, T>,
): ReadonlyMap<QualifiedName, T | undefined> {
  const changed = new Map<QualifiedName, T | undefined>()
  for (const [name, value] of after) if (before.get(name) !== value) changed.set(name, value)
  for (const name of before.keys()) if (!after.has(name)) changed.set(name, undefined)
  return changed
}

/** The other end of `planUpdate`. */
export function applyUpdate(plan: Plan, update: PlanUpdate): Plan {
  return { routes: applied(plan.routes, update.routes), services: applied(plan.services, update.services) }
}

function applied<T>(
  before: ReadonlyMap<QualifiedName, T>,
  changed: ReadonlyMap<QualifiedName, T | undefined>,
): ReadonlyMap<QualifiedName, T> {
  const after = new Map(before)
  for (const [name, value] of changed) {
    if (value === undefined) after.delete(name)
    else after.set(name, value)
  }
  return after
}

/** Whom an update no longer names. */
export function goneWith(
  plan: Plan,
  { services }: PlanUpdate,
): { memberKeys: readonly string[]; services: readonly string[] } {
  const memberKeys: string[] = []
  const gone: string[] = []
  for (const [name, after] of services) {
    const before = plan.services.get(name)
    if (before === undefined) continue
    if (after === undefined) gone.push(name)
    const staying = new Set(after?.members.map(({ id }) => id))
    for (const { id } of before.members) if (!staying.has(id)) memberKeys.push(memberKey(name, id))
  }
  return { memberKeys, services: gone }
}
