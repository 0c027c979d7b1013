// What of a plan is new to somebody who has the one before: an update of one route costs the data plane one route.
import { applyChanges, changesBetween } from '../model/changes.ts'
import type { Changes } from '../model/changes.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Plan, RoutePlan } from './snapshot.ts'

export interface PlanUpdate {
  readonly routes: Changes<QualifiedName, RoutePlan>
  readonly services: Changes<QualifiedName, ServiceConfig>
}

/** The plan as one thread has it: nobody else holds it, so that an update need not copy it. */
export interface ThreadPlan extends Plan {
  readonly routes: Map<QualifiedName, RoutePlan>
  readonly services: Map<QualifiedName, ServiceConfig>
}

const nothing: Plan = { routes: new Map(), services: new Map() }

/** Told apart by identity: whoever makes plans keeps the objects that did not change. */
export function planUpdate(before: Plan | undefined, after: Plan): PlanUpdate {
  const { routes, services } = before ?? nothing
  const changed = changesBetween(services, after.services)
  return {
    routes: changesBetween(routes, after.routes),
    services: new Map([...changed].map(([name, service]) => [name, service && served(service)])),
  }
}

/** Without what serves no request, such as the container behind a member, and checks, which are the control thread's. */
function served({ members, passHostHeader, stickyCookie, session, balancing }: ServiceConfig): ServiceConfig {
  return {
    members: members.map((member) => ({ ...member, container: undefined })),
    passHostHeader,
    stickyCookie,
    ...(session !== undefined && { session }),
    ...(balancing !== undefined && { balancing }),
  }
}

/** The other end of `planUpdate`. */
export function takeIn({ routes, services }: ThreadPlan, update: PlanUpdate): void {
  applyChanges(routes, update.routes)
  applyChanges(services, update.services)
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
