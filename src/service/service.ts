// A service: which member takes this request, and the books about it.
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Exchange, Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import { pickByRequests } from './byrequests.ts'
import type { Forward, Member } from './member.ts'
import { compileStickyCookie } from './sticky-cookie.ts'

export function compileService(
  name: QualifiedName,
  config: ServiceConfig,
  members: readonly Member[],
  forward: Forward,
): Handler {
  const sticky = config.stickyCookie && compileStickyCookie(name, config.stickyCookie, members)
  const { passHostHeader } = config

  return async function serve(exchange) {
    exchange.record.service = name
    const stuck = sticky?.find(exchange)
    const member = stuck ?? pickByRequests(members)
    if (member === undefined) {
      // The text is Traefik's; the route itself stays, so that this is never a 404.
      respond(exchange, 503, 'no available server\n')
      return
    }
    if (stuck === undefined) sticky?.stick(exchange, member)
    await forwardCounted(exchange, member, forward, passHostHeader)
  }
}

async function forwardCounted(
  exchange: Exchange,
  member: Member,
  forward: Forward,
  passHostHeader: boolean,
): Promise<void> {
  const { row } = member
  exchange.record.member = member.slot
  exchange.record.attempts++
  row.elected++
  row.busy++
  try {
    await forward(exchange, member, { passHostHeader })
  } catch (error) {
    // A client that leaves is not the member's failure.
    if (!(error instanceof UpstreamError && error.code === 'client-gone')) row.errors++
    throw error
  } finally {
    row.busy--
  }
}
