// Which members of a service a request could be given to, and why the others not.
import type { ClusterMember } from '../cluster/entry.ts'
import type { RequestHead } from '../exchange/exchange.ts'
import { balancingDefaults } from '../model/service-config.ts'
import type { Method, ServiceConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { memberOf } from '../service/member.ts'
import type { Member } from '../service/member.ts'
import { compileStickiness } from '../service/stickiness.ts'
import type { Stuck } from '../service/stickiness.ts'
import { servingNow } from '../service/candidates.ts'

export interface ExplainedMember {
  readonly slot: string
  readonly container: string | undefined
  readonly url: string
  readonly state: ClusterMember['state']
  /** Why it is in that state. */
  readonly reason: string
  readonly weight: number
  readonly mayBeChosen: boolean
  /** Why it may be chosen, or not. */
  readonly why: string
}

export function explainMembers(
  service: QualifiedName,
  config: ServiceConfig,
  members: readonly ClusterMember[],
  { head, secret }: { readonly head: RequestHead; readonly secret: string },
): readonly ExplainedMember[] {
  const { method, failover, forceRecovery } = config.balancing ?? balancingDefaults
  const asked = members.map(({ key, config: member, row }) => memberOf(key, member, row))
  const stuck = compileStickiness(service, config, asked, secret)?.find({ head, fields: head.fields })
  const serving = new Set(servingNow(asked, { forceRecovery }))
  const isLost = stuck?.session !== undefined && stuck.member === undefined && !failover
  const total = asked.reduce((sum, member) => sum + (serving.has(member) ? member.weight : 0), 0)
  return members.map(({ config: { slot, container, weight }, state, reason }, index) => {
    const member = asked[index] as Member
    const may = stuck?.member === undefined ? serving.has(member) && !isLost : stuck.member === member
    const why = isLost
      ? `the session of ${stuck.session?.name} is another one's, and failover is off`
      : stuck?.member === undefined
        ? turnOf(member, serving.has(member), { state, reason, total, method })
        : sessionOf(member, stuck)
    return { slot, container: container?.name, url: member.url, state, reason, weight, mayBeChosen: may, why }
  })
}

interface Around {
  readonly state: ClusterMember['state']
  readonly reason: string
  /** Of the weights of all that serve. */
  readonly total: number
  readonly method: Method
}

function turnOf({ weight, role, row }: Member, serves: boolean, { state, reason, total, method }: Around): string {
  if (serves) return method === 'byrequests' ? `takes ${weight} of ${total} new requests` : `may be chosen by ${method}`
  if (!row.available) return `takes no ${row.admits === 'sessions' ? 'new ' : ''}requests: ${reason}`
  return role === 'regular' ? `is ${state}, but a lower set has members` : `is a ${role}, and not needed now`
}

function sessionOf(member: Member, { session, member: own, redirected }: Stuck): string {
  if (member === own) return redirected ? `takes over the session of ${session?.name}` : `${session?.name} names it`
  return `${session?.name} names another one`
}
