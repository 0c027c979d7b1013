// A service: which member takes this request, and the books about it.
import { UpstreamError } from '../exchange/upstream-error.ts'
import type { Handler } from '../exchange/exchange.ts'
import { respond } from '../exchange/respond.ts'
import type { ServiceConfig } from '../model/dynamic-config.ts'
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Turns } from '../ledger/turns.ts'
import { byRequests } from './byrequests.ts'
import type { Forward, ForwardOptions, Member } from './member.ts'
import { attemptsMax, mayTryAnother } from './retry.ts'
import { compileStickyCookie } from './sticky-cookie.ts'

/** What a service works with: its members in the order of its configuration, and whose turn it is among them. */
export interface Balancer {
  readonly members: readonly Member[]
  readonly turns: Turns
}

export function compileService(
  name: QualifiedName,
  config: ServiceConfig,
  { members, turns }: Balancer,
  forward: Forward,
): Handler {
  const sticky = config.stickyCookie && compileStickyCookie(name, config.stickyCookie, members)
  const pick = byRequests(members, turns)
  const { passHostHeader } = config
  const options: ForwardOptions = { passHostHeader }

  return async function serve(exchange) {
    const { record } = exchange
    record.service = name
    if (record.serviceAt === 0) record.serviceAt = performance.now()
    const { length: ownFields } = exchange.responseFields
    // Made by the first failure only: most requests have none.
    let tried: Member[] | undefined
    for (;;) {
      const stuck = sticky?.find(exchange, tried)
      const member = stuck ?? pick(tried)
      if (member === undefined) {
        // The text is Traefik's; the route itself stays, so that this is never a 404.
        respond(exchange, 503, 'no available server\n')
        return
      }
      if (stuck === undefined) sticky?.stick(exchange, member)
      const { row } = member
      record.member = member.slot
      record.server = member.url
      record.attempts++
      row.begin()
      try {
        await forward(exchange, member, options)
        return
      } catch (error) {
        // A client that leaves is not the member's failure.
        if (!(error instanceof UpstreamError && error.code === 'client-gone')) row.fail()
        tried ??= []
        tried.push(member)
        // Neither the next attempt nor the answer that says there is none may name the member just lost.
        exchange.responseFields.length = ownFields
        if (!mayTryAnother(exchange, error) || !isAnother(members, tried)) throw error
      } finally {
        row.end()
      }
    }
  }
}

function isAnother(members: readonly Member[], tried: readonly Member[]): boolean {
  return tried.length < attemptsMax && members.some((member) => member.row.available && !tried.includes(member))
}
