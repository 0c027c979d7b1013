// Which members of a service a request could be given to, and why the others not.
import type { ClusterMember } from '../cluster/cluster.ts'
import type { Exchange, RequestHead } from '../exchange/exchange.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Member } from '../service/member.ts'
import { compileStickyCookie, defaultCookieName } from '../service/sticky-cookie.ts'
import { memberUrl } from './balancer-report.ts'

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
  { stickyCookie }: ServiceConfig,
  members: readonly ClusterMember[],
  head: RequestHead,
): readonly ExplainedMember[] {
  const sticky = stickyCookie && compileStickyCookie(service, stickyCookie, members.map(balanced))
  const stuck = sticky?.find({ fields: head.fields } as Exchange, undefined)?.key
  const cookie = stickyCookie && (stickyCookie.name ?? defaultCookieName(service))
  const total = members.reduce((sum, { state, config }) => sum + (state === 'ready' ? config.weight : 0), 0)
  return members.map(({ key, config, state, reason }) => {
    const ready = state === 'ready'
    const mayBeChosen = ready && (stuck === undefined || stuck === key)
    const turn = `takes ${config.weight} of ${total} new requests`
    const why = !ready
      ? `takes no requests: ${reason}`
      : stuck === undefined
        ? turn
        : stuck === key
          ? `the cookie ${cookie} names it`
          : `the cookie ${cookie} names another one`
    const { slot, container, weight } = config
    return { slot, container: container?.name, url: memberUrl(config), state, reason, weight, mayBeChosen, why }
  })
}

function balanced({ key, config, row }: ClusterMember): Member {
  const { scheme, host, port, weight, slot } = config
  return { key, url: memberUrl(config), scheme, host, port, weight, slot, row }
}
