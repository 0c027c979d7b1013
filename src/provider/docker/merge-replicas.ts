// What all containers ask for → one set of routers, services and middlewares. Nothing is dropped because two disagree:
// one of them wins, and the other hears of it.
import type { Declaration, Origin } from '../../model/declaration.ts'
import type { MiddlewareConfig } from '../../model/dynamic-config.ts'
import type { ServiceConfig } from '../../model/service-config.ts'
import { createComplaints } from './complaints.ts'
import type { Held } from './election.ts'
import { Elections } from './elections.ts'
import { createProblemMemory, createView, kept } from './kept.ts'
import { createMemberProblems } from './member-problems.ts'
import { createStreamMerge } from './merge-streams.ts'
import type { RouterOffer } from './offer.ts'
import type { OfferChanges } from './offers.ts'
import { bySlot } from './precedence.ts'
import type { ServiceOffer } from './service-offer.ts'
import { createWithdraw } from './withdraw-all.ts'

type Merged = Omit<Declaration, 'provider' | 'cause'>

/** What is declared keeps its identity from one call to the next where it is equal. */
export function createMerge(): (changes: OfferChanges) => Merged {
  const services = new Elections<ServiceOffer, ServiceConfig>({
    kind: 'service',
    claims: (offer) => offer.services,
    settle: (held, last) => kept(last, withMembers(held)),
  })
  const middlewares = new Elections<{ readonly config: MiddlewareConfig }, MiddlewareConfig>({
    kind: 'middleware',
    claims: (offer) => offer.middlewares,
    settle: ([followed], last) => kept(last, followed.offered.config),
  })
  const routers = new Elections<RouterOffer, RouterOffer>({
    kind: 'router',
    claims: (offer) => offer.routers,
    settle: ([{ offered }], last) => ({
      config: kept(last?.config, offered.config),
      origin: kept(last?.origin, offered.origin),
    }),
  })
  const memberProblems = createMemberProblems()
  const complaints = createComplaints()
  const remember = createProblemMemory()
  const streams = { tcp: createStreamMerge('tcp'), udp: createStreamMerge('udp') }
  const view = {
    services: createView((service: ServiceConfig) => service),
    middlewares: createView((middleware: MiddlewareConfig) => middleware),
    routers: createView(({ config }: RouterOffer) => config),
    origins: createView(({ origin }: RouterOffer): Origin => origin),
  }
  const withdraw = createWithdraw()
  return (changes) => {
    const outcome = {
      services: services.hold(changes),
      middlewares: middlewares.hold(changes),
      routers: routers.hold(changes),
    }
    const [tcp, udp] = [streams.tcp(changes), streams.udp(changes)]
    const allowed = withdraw(outcome, view.routers(outcome.routers), view.middlewares(outcome.middlewares))
    const complained = complaints(changes)
    const disputes = [...Object.values(outcome).map(({ problems }) => problems), memberProblems(outcome.services)]
    return {
      routers: allowed.routers,
      services: view.services(outcome.services),
      middlewares: allowed.middlewares,
      ...(tcp.config !== undefined && { tcp: tcp.config }),
      ...(udp.config !== undefined && { udp: udp.config }),
      origins: view.origins(outcome.routers),
      owners: complained.owners,
      problems: remember([complained.problems, ...disputes, ...tcp.problems, ...udp.problems, allowed.problems]),
    }
  }
}

/** The winner's settings with everybody's members: who disagrees about a cookie still serves. */
function withMembers(held: Held<ServiceOffer>): ServiceConfig {
  const inOrder = held.toSorted((a, b) => bySlot(a.container, b.container))
  return { ...held[0].offered.config, members: inOrder.flatMap(({ offered }) => offered.member ?? []) }
}
