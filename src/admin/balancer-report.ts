// Balancers as they stand at this instant, each with its members: what is configured, what was edited, how they do.
import type { Edits } from '../edits/edit.ts'
import { balancingDefaults } from '../model/service-config.ts'
import type { ServiceConfig, SessionConfig } from '../model/service-config.ts'
import { memberKey } from '../model/member-key.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { stickyCookieName } from '../service/sticky-cookie.ts'
import { editedBalancer } from './edited.ts'
import { memberReport } from './member-report.ts'
import type { AdminSources } from './sources.ts'

/** One entry per load-balancing service, in name order, each with its members in balancing order. */
export function balancers({ store, cluster, edits, waiting }: AdminSources): object[] {
  const memberByKey = new Map(cluster.members.map((member) => [member.key, member]))
  return [...store.current.services].flatMap(([name, { config, usedBy }]) =>
    config === undefined
      ? []
      : {
          ...balancerReport(name, config, edits.current),
          usedBy,
          ...waitingReport(waiting(name)),
          members: config.members
            .flatMap(({ id }) => memberByKey.get(memberKey(name, id)) ?? [])
            .map((member) => memberReport(member, config, edits.current)),
        },
  )
}

export function members({ store, cluster, edits }: AdminSources): object[] {
  return cluster.members.map((member) => {
    const config = store.current.services.get(member.service)?.config
    return memberReport(member, config, edits.current)
  })
}

function balancerReport(name: QualifiedName, config: ServiceConfig, edits: Edits): object {
  const { stickyCookie, session, healthCheck, balancing = balancingDefaults } = config
  const { method, failover, maxAttempts, forceRecovery, retryMs, slowStartMs } = balancing
  const sticky =
    stickyCookie === undefined && session === undefined
      ? undefined
      : {
          cookie: stickyCookie && stickyCookieName(name, stickyCookie),
          form: stickyCookie && (stickyCookie.form ?? 'opaque'),
          session: session && sessionText(session),
        }
  return {
    name,
    method,
    sticky,
    stickyCookie,
    failover,
    maxAttempts,
    forceRecovery,
    retryMs,
    slowStartMs,
    health: healthCheck?.mode,
    ...editedBalancer(edits, name),
  }
}

/** `waiting`: now. `waited`: since the service was first declared. */
function waitingReport({ now, ever }: ReturnType<AdminSources['waiting']>): object {
  return { waiting: now, waited: ever }
}

/** As Apache writes it: `ROUTEID|jsessionid`. */
function sessionText({ cookie, parameter }: SessionConfig): string {
  return parameter === '' || parameter === cookie ? cookie : `${cookie}|${parameter}`
}
