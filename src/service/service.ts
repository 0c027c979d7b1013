// A service: which member takes this request, and the books about it.
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import { balancingDefaults } from '../model/dynamic-config.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { createPick } from './candidates.ts'
import { compileFailureRules } from './failure.ts'
import type { Forward, ForwardOptions, Member, MemberNews } from './member.ts'
import { chooserOf } from './methods/method.ts'
import type { Balancer } from './methods/method.ts'
import { maxAttemptsDefault, mayTryAnother } from './retry.ts'
import { chooseBySession, compileStickiness } from './stickiness.ts'

export interface ServiceContext {
  readonly forward: Forward
  /** Told of members that fail and of those that answer again. */
  readonly tell: (news: MemberNews) => void
  /** Keys opaque sticky cookies. */
  readonly secret: string
}

export function compileService(
  name: QualifiedName,
  config: ServiceConfig,
  balancer: Balancer,
  { forward, tell, secret }: ServiceContext,
): Handler {
  const balancing = config.balancing ?? balancingDefaults
  const { failover, maxAttempts = maxAttemptsDefault, routeHeader } = balancing
  const { members } = balancer
  const sticky = compileStickiness(name, config, members, secret)
  const pick = createPick(members, chooserOf[balancing.method](balancer), balancing)
  const choose = sticky === undefined ? pick : chooseBySession(sticky, pick, failover)
  const failures = compileFailureRules(balancing, tell)
  const options: ForwardOptions = { passHostHeader: config.passHostHeader }

  return async function serve(exchange) {
    const { record } = exchange
    record.service = name
    if (record.serviceAt === 0) record.serviceAt = performance.now()
    const { length: ownFields } = exchange.responseFields
    // Made by the first failure only: most requests have none.
    let tried: Member[] | undefined
    let member = choose(exchange)
    if (member === undefined) {
      // The text is Traefik's; the route itself stays, so that this is never a 404.
      respond(exchange, 503, 'no available server\n')
      return
    }
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
        return
      } catch (error) {
        // A client that leaves is not the member's failure.
        if (!(error instanceof UpstreamError && error.code === 'client-gone')) row.fail()
        failures.failed(member, error)
        tried ??= []
        tried.push(member)
        // Neither the next attempt nor the answer that says there is none may name the member just lost.
        exchange.responseFields.length = ownFields
        if (!mayTryAnother(exchange, error) || tried.length > maxAttempts) throw error
        const next = choose(exchange, tried)
        if (next === undefined) throw error
        member = next
      } finally {
        row.end()
      }
    }
  }
}

function statusOf(exchange: Exchange): number | undefined {
  return exchange.kind === 'http' ? exchange.response.statusCode : exchange.record.status
}
