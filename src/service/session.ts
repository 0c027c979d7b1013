// The session a request says it belongs to, and the members that may hold it: in a parameter of the URL, in a cookie of the
// application's (`JSESSIONID=A1B2.tomcat-1`), or in the sticky cookie. Apache's order: the parameter before the cookie.
import type { Exchange } from '../exchange/exchange.ts'
import type { SessionConfig } from '../model/service-config.ts'
import { routeLengthMax } from '../model/route-of-slot.ts'
import { findInCookies } from './cookies.ts'
import type { Member } from './member.ts'
import { findInUrl } from './url-parameter.ts'

export interface Session {
  /** The cookie or parameter that named it (Apache's BALANCER_SESSION_STICKY). */
  readonly name: string
  /** The route it asks for (Apache's BALANCER_SESSION_ROUTE). */
  readonly route: string
  /** Those of that route: several while a replica is recreated. */
  readonly members: readonly Member[]
}

/** What is looked at of a request. */
export interface Asked {
  readonly head: Pick<Exchange['head'], 'path' | 'query'>
  readonly fields: readonly string[]
}

/** The session of a request; undefined when it names none that a member here could hold. */
export type FindSession = (exchange: Asked) => Session | undefined

/** Members by what sessions call them: routes first, since those were given on purpose. */
export function membersByRoute(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const byRoute = Map.groupBy(members, ({ route }) => route)
  for (const member of members) {
    const { hostname } = member
    if (hostname !== undefined && !byRoute.has(hostname)) byRoute.set(hostname, [member])
  }
  return byRoute
}

export function compileSession(config: SessionConfig, byRoute: ReadonlyMap<string, readonly Member[]>): FindSession {
  const { cookie, parameter, separator, scolonPathDelim } = config
  const inParameter = reader(parameter, separator, byRoute)
  const inCookie = reader(cookie, separator, byRoute)
  return ({ head, fields }) =>
    (parameter === '' ? undefined : findInUrl(head, parameter, scolonPathDelim, inParameter)) ??
    findInCookies(fields, cookie, inCookie)
}

/** A hostname may be longer than a route of Apache's (RFC 1123 section 2.1); anything longer is nobody's. */
const suffixMax = Math.max(routeLengthMax, 255)

/**
 * Apache takes what follows the first separator. A session id that has separators itself is read further: the first of its
 * ends that is somebody's route counts.
 */
function reader(
  name: string,
  separator: string,
  byRoute: ReadonlyMap<string, readonly Member[]>,
): (value: string) => Session | undefined {
  const sessionOf = (route: string): Session | undefined => {
    const members = byRoute.get(route)
    return members && { name, route, members }
  }
  if (separator === '') return sessionOf
  return (value) => {
    for (
      let at = value.indexOf(separator, value.length - suffixMax - 1);
      at !== -1;
      at = value.indexOf(separator, at + 1)
    ) {
      const session = sessionOf(value.slice(at + 1))
      if (session !== undefined) return session
    }
    return undefined
  }
}
