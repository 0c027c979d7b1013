// When a service has nobody to serve a request: who counts as somebody, since when there has been nobody, and the wait.
import type { Exchange } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { steadyMs } from '../ledger/steady-clock.ts'
import type { BalancingConfig } from '../model/service-config.ts'
import { providerOf } from '../model/qualified-name.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Awaited, Holds } from './holds.ts'
import type { Member } from './member.ts'

export interface Absence extends Pick<Awaited, 'canServe' | 'lostAt'> {
  /** Requests wait for somebody to come; false: they are refused at once. */
  readonly waits: boolean
  /** Waits, and hands the request on to whatever the service is then. */
  readonly hold: (exchange: Exchange) => Promise<void>
}

export interface AbsenceContext {
  readonly holds: Holds
  /** How long requests of containers' services wait, milliseconds; others do not, unless they say so. */
  readonly holdMs: number
}

/** `lostBefore`: when the service, as it was until now, lost its last member: while it is recreated it may have none at all. */
export function compileAbsence(
  name: QualifiedName,
  { holdMs, forceRecovery }: BalancingConfig,
  { members, lostBefore }: { readonly members: readonly Member[]; readonly lostBefore: number },
  context: AbsenceContext,
): Absence {
  const { holds } = context
  // A server in a file that does not answer is not about to be recreated.
  const ms = holdMs ?? (providerOf(name) === 'docker' ? context.holdMs : 0)
  const lostAt = (): number => members.reduce((last, { row }) => Math.max(last, row.leftAt), lostBefore)
  const canServe = (desperate: boolean): boolean =>
    members.some(({ row }) => row.available || (desperate && forceRecovery && row.admits === 'everybody'))
  return {
    waits: ms > 0,
    lostAt,
    canServe,
    async hold(exchange) {
      // Who is on the way, or failed this request alone, is waited for by every request anew.
      const isNew = members.some(({ row }) => row.coming) || canServe(false)
      const since = isNew ? steadyMs() : lostAt()
      const refusal = await holds.hold(name, exchange, { ms, since })
      if (refusal !== undefined) refuse(exchange, `: ${refusal}`)
    },
  }
}

/** The client is told when to come again, in seconds. */
const refusalFields = ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '5']

/** The text begins as Traefik's; the route itself stays, so that this is never a 404. */
export function refuse(exchange: Exchange, why = ''): void {
  respond(exchange, 503, `no available server${why}\n`, refusalFields)
}
