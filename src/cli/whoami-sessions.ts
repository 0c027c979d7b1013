// The sessions of `muster whoami`: counted in memory, so one that lands on another replica, or on a new process, starts anew.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Session {
  readonly visits: number
  /** What a link of the answer must end in, so that a client without cookies keeps its session. */
  readonly suffix: string
}

/** Finds the session of a request, or begins one, and counts the visit. */
export type Sessions = (request: IncomingMessage, response: ServerResponse) => Session

const sessionsMax = 10_000

export function ownSessions(): Sessions {
  const count = visitCounter()
  return (request, response) => {
    const known = /(?:^|; )whoami_session=([0-9a-f-]{36})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]
    const session = known ?? randomUUID()
    if (known === undefined) response.setHeader('Set-Cookie', `whoami_session=${session}; Path=/; HttpOnly`)
    return { visits: count.visit(session), suffix: '' }
  }
}

/**
 * As Tomcat with a `jvmRoute` keeps them: JSESSIONID ends in the route, a session that this process did not begin is
 * replaced, and links carry `;jsessionid=` until the client has shown that it keeps cookies.
 */
export function tomcatSessions(jvmRoute: string): Sessions {
  const count = visitCounter()
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    const inCookie = /(?:^|; )JSESSIONID=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
    const asked = inCookie ?? /;jsessionid=([^;/]*)/.exec(path)?.[1]
    const known = asked !== undefined && count.has(asked)
    const session = known ? asked : `${randomUUID().replaceAll('-', '').toUpperCase()}.${jvmRoute}`
    if (!known) response.setHeader('Set-Cookie', `JSESSIONID=${session}; Path=/; HttpOnly`)
    const keepsCookies = known && inCookie !== undefined
    return { visits: count.visit(session), suffix: keepsCookies ? '' : `;jsessionid=${session}` }
  }
}

function visitCounter() {
  const visitsBySession = new Map<string, number>()
  return {
    has: (session: string): boolean => visitsBySession.has(session),
    visit(session: string): number {
      const visits = (visitsBySession.get(session) ?? 0) + 1
      // The longest unseen session is the first of the map.
      visitsBySession.delete(session)
      visitsBySession.set(session, visits)
      for (const oldest of visitsBySession.keys()) {
        if (visitsBySession.size <= sessionsMax) break
        visitsBySession.delete(oldest)
      }
      return visits
    },
  }
}
