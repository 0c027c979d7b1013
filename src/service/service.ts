// A service: which member takes this request, and the books about it.
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Exchange, ExchangeRecord } from '../exchange/exchange.ts'
import { steadyMs } from '../ledger/steady-clock.ts'
import { balancingDefaults } from '../model/service-config.ts'
import type { ServiceConfig } from '../model/service-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { compileAbsence, refuse } from './absence.ts'
import type { AbsenceContext } from './absence.ts'
import { createPick } from './candidates.ts'
import { compileFailureRules } from './failure.ts'
import type { Awaited } from './holds.ts'
import type { Forward, ForwardOptions, Member, MemberNews } from './member.ts'
import { chooserOf } from './methods/method.ts'
import type { Balancer } from './methods/method.ts'
import { maxAttemptsDefault, mayTryAnother } from './retry.ts'
import { chooseBySession, compileStickiness } from './stickiness.ts'

export interface ServiceContext extends AbsenceContext {
  readonly forward: Forward
  /** Told of members that fail and of those that answer again. */
  readonly tell: (news: MemberNews) => void
  /** Keys opaque sticky cookies. */
  readonly secret: string
}

export type Service = Awaited

/** All replicas that are recreated are told to stop at once, and on a busy machine the last of them hears of it so much later. */
const unsettledMs = 500

/** What a service works with, and when it lost its last member as it was until now; 0: never. */
export interface Ground extends Balancer {
  readonly lostBefore: number
}

export function compileService(
  name: QualifiedName,
  config: ServiceConfig,
  ground: Ground,
  context: ServiceContext,
): Service {
  const { forward, tell, secret, holds } = context
  const balancing = config.balancing ?? balancingDefaults
  const { failover, maxAttempts = maxAttemptsDefault, retryNonIdempotent, routeHeader } = balancing
  const { members } = ground
  const sticky = compileStickiness(name, config, members, secret)
  const pick = createPick(members, chooserOf[balancing.method](ground), balancing)
  const choose = sticky === undefined ? pick : chooseBySession(sticky, pick, failover)
  const failures = compileFailureRules(balancing, tell)
  const { waits, hold, canServe, lostAt } = compileAbsence(name, balancing, ground, context)
  const isUnsettled = (): boolean => steadyMs() - lostAt() < unsettledMs
  const options: ForwardOptions = { passHostHeader: config.passHostHeader, retryNonIdempotent, isUnsettled }

  async function serve(exchange: Exchange): Promise<void> {
    const { record } = exchange
    record.service = name
    if (record.serviceAt === 0) record.serviceAt = performance.now()
    const { length: ownFields } = exchange.responseFields
    // Made by the first failure only: most requests have none.
    let tried: Member[] | undefined
    if (holds.mustWait(name, exchange)) return hold(exchange)
    let member = choose(exchange)
    // Where others are there it is for its session's own member, which nobody knows will come back.
    if (member === undefined) return waits && !canServe(false) ? hold(exchange) : refuse(exchange)
    for (;;) {
      const { row } = member
      if (routeHeader !== undefined) exchange.responseFields.push(routeHeader, member.route)
      record.member = member.slot
      record.server = member.url
      record.route = member.route
      record.attempts++
      row.begin()
      try {
        await forward(exchange, member, options)
        failures.answered(member, statusOf(exchange))
        return holds.found(name, exchange)
      } catch (error) {
        noteFailure(record, error)
        // A client that leaves is not the member's failure.
        if (record.failure?.code !== 'client-gone') row.fail()
        failures.failed(member, error)
        tried ??= []
        tried.push(member)
        // Neither the next attempt nor the answer that says there is none may name the member just lost.
        exchange.responseFields.length = ownFields
        if (!mayTryAnother(exchange, error, retryNonIdempotent)) throw error
        // Enough were asked for now. Where all of them refused, as all do that are recreated, what is left to do is to wait.
        const next = tried.length > maxAttempts ? undefined : choose(exchange, tried)
        // What may have been carried out is not repeated for as long as the client has patience.
        const spent = record.perhapsDone > maxAttempts
        if (next === undefined && (!waits || spent)) throw error
        member = next
      } finally {
        row.end()
      }
      if (member === undefined) return hold(exchange)
    }
  }

  return { serve, canServe, lostAt }
}

function noteFailure(record: ExchangeRecord, error: unknown): void {
  if (!(error instanceof UpstreamError)) return
  record.failure = error
  if (error.sent) record.perhapsDone++
}

function statusOf(exchange: Exchange): number | undefined {
  return exchange.kind === 'http' ? exchange.response.statusCode : exchange.record.status
}
