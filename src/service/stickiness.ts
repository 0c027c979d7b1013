// Where a request's session wants to go, and what becomes of it when it cannot: another member by `redirect`, anyone at all,
// or nobody (Apache's nofailover).
import type { Exchange } from '../exchange/exchange.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Pick as Choice } from './candidates.ts'
import type { Member } from './member.ts'
import { compileSession, membersByRoute } from './session.ts'
import type { Asked, FindSession, Session } from './session.ts'
import { compileStickyCookie } from './sticky-cookie.ts'

/** What a session leads to. */
export interface Stuck {
  readonly session: Session | undefined
  /** Undefined: there is no session, or none of its members can be used. */
  readonly member: Member | undefined
  /** The member is another than the session's own. */
  readonly redirected: boolean
}

export interface Stickiness {
  readonly find: (exchange: Asked, tried?: readonly Member[]) => Stuck
  /** Asks the client to come back to this member; undefined where the application keeps the session. */
  readonly stick: ((exchange: Exchange, member: Member) => void) | undefined
}

const free: Stuck = { session: undefined, member: undefined, redirected: false }

/** A session's own member before anyone else; whoever is chosen otherwise is the client's from now on. */
export function chooseBySession({ find, stick }: Stickiness, pick: Choice, failover: boolean): Choice {
  return (exchange, tried) => {
    const { record } = exchange
    const { session, member: own, redirected } = find(exchange, tried)
    record.session = session
    const member = own ?? (session === undefined || failover ? pick(exchange, tried) : undefined)
    record.routeChanged = own === undefined || redirected
    if (member !== undefined && !record.routeChanged) member.row.stick()
    else if (member !== undefined) stick?.(exchange, member)
    return member
  }
}

/** Undefined: the service has no sessions. */
export function compileStickiness(
  service: QualifiedName,
  { stickyCookie, session }: Pick<ServiceConfig, 'stickyCookie' | 'session'>,
  members: readonly Member[],
  secret: string,
): Stickiness | undefined {
  if (stickyCookie === undefined && session === undefined) return undefined
  const byRoute = membersByRoute(members)
  const separator = session !== undefined && session.cookie === stickyCookie?.name ? session.separator : '.'
  const cookie = stickyCookie && compileStickyCookie(service, stickyCookie, members, { secret, separator })
  const named = session && compileSession(session, byRoute)
  const sessionOf: FindSession = (exchange) => named?.(exchange) ?? cookie?.find(exchange)
  return {
    find(exchange, tried) {
      const found = sessionOf(exchange)
      if (found === undefined) return free
      const own = found.members.find((member) => mayServe(member, tried))
      if (own !== undefined) return { session: found, member: own, redirected: false }
      const other = followRedirects(found.members, byRoute, tried)
      return { session: found, member: other, redirected: other !== undefined }
    },
    stick: cookie?.stick,
  }
}

/** Draining members still serve their sessions; those in error, down or tried already do not. */
function mayServe(member: Member, tried: readonly Member[] | undefined): boolean {
  const { row } = member
  return row.admits !== 'nobody' && !row.failing && tried?.includes(member) !== true
}

/** From `redirect` to `redirect`, each member at most once: two may name each other. */
function followRedirects(
  from: readonly Member[],
  byRoute: ReadonlyMap<string, readonly Member[]>,
  tried: readonly Member[] | undefined,
): Member | undefined {
  const seen = new Set<string>()
  for (let at: readonly Member[] = from; ;) {
    const route = at.find(({ redirect }) => redirect !== undefined)?.redirect
    if (route === undefined || seen.has(route)) return undefined
    seen.add(route)
    at = byRoute.get(route) ?? []
    const member = at.find((candidate) => mayServe(candidate, tried))
    if (member !== undefined) return member
  }
}
