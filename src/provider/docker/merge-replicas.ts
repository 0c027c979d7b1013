// What all containers ask for → one set of routers, services and middlewares. Nothing is dropped because two disagree:
// one of them wins, and the other hears of it.
import type { Declaration, Origin } from '../../model/declaration.ts'
import type { MiddlewareConfig, RouterConfig, ServiceConfig } from '../../model/dynamic-config.ts'
import { createComplaints } from './complaints.ts'
import type { Held } from './election.ts'
import { Elections } from './elections.ts'
import type { Outcome } from './elections.ts'
import { createProblemMemory, createView, kept } from './kept.ts'
import { createStreamMerge } from './merge-streams.ts'
import type { Offer, RouterOffer } from './offer.ts'
import { bySlot } from './precedence.ts'
import type { ServiceOffer } from './service-offer.ts'
import { forbiddenTo, withdrawMiddleware, withdrawRouter } from './withdraw.ts'

type Merged = Omit<Declaration, 'provider' | 'cause'>

/** What is declared keeps its identity from one call to the next where it is equal. */
export function createMerge(): (offers: readonly Offer[]) => Merged {
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
  const complaints = createComplaints()
  const remember = createProblemMemory()
  const streams = { tcp: createStreamMerge('tcp'), udp: createStreamMerge('udp') }
  const view = {
    services: createView((service: ServiceConfig) => service),
    middlewares: createView((middleware: MiddlewareConfig) => middleware),
    routers: createView(({ config }: RouterOffer) => config),
    origins: createView(({ origin }: RouterOffer): Origin => origin),
  }
  let last: Merged | undefined
  return (offers) => {
    const outcome = {
      services: services.hold(offers),
      middlewares: middlewares.hold(offers),
      routers: routers.hold(offers),
    }
    const [tcp, udp] = [streams.tcp(offers), streams.udp(offers)]
    const allowed = withdraw(outcome, view.routers(outcome.routers), view.middlewares(outcome.middlewares), last)
    const contested = [...Object.values(outcome), ...tcp.outcomes, ...udp.outcomes].flatMap((one) => one.contested)
    const problems = contested.flatMap(([, { election }]) => election.problems)
    last = {
      routers: allowed.routers,
      services: view.services(outcome.services),
      middlewares: allowed.middlewares,
      ...(tcp.config !== undefined && { tcp: tcp.config }),
      ...(udp.config !== undefined && { udp: udp.config }),
      origins: view.origins(outcome.routers),
      problems: remember([...complaints(offers), ...problems, ...allowed.problems]),
    }
    return last
  }
}

/** The winner's settings with everybody's members: who disagrees about a cookie still serves. */
function withMembers(held: Held<ServiceOffer>): ServiceConfig {
  const inOrder = held.toSorted((a, b) => bySlot(a.container, b.container))
  return { ...held[0].offered.config, members: inOrder.flatMap(({ offered }) => offered.member ?? []) }
}

interface Outcomes {
  readonly services: Outcome<ServiceOffer, ServiceConfig>
  readonly middlewares: Outcome<unknown, MiddlewareConfig>
  readonly routers: Outcome<RouterOffer, RouterOffer>
}

/** Rare, and so not remembered: the whole is looked through while any name is refused to anybody. */
function withdraw(
  outcome: Outcomes,
  routers: ReadonlyMap<string, RouterConfig>,
  middlewares: ReadonlyMap<string, MiddlewareConfig>,
  last: Merged | undefined,
): Pick<Merged, 'routers' | 'middlewares' | 'problems'> {
  const forbidden = forbiddenTo(outcome.services, outcome.middlewares)
  if (forbidden.size === 0) return { routers, middlewares, problems: [] }
  const withdrawn = [...outcome.routers.decided].flatMap(([name, { election, result }]) => {
    const found = withdrawRouter(name, result.config, election, forbidden)
    return found === undefined ? [] : [{ name, ...found }]
  })
  const chains = [...outcome.middlewares.decided].flatMap(([name, { election, result }]) => {
    const config = withdrawMiddleware(result, election, forbidden)
    return config === undefined ? [] : [{ name, config }]
  })
  return {
    routers: replaced(routers, withdrawn, last?.routers),
    middlewares: replaced(middlewares, chains, last?.middlewares),
    problems: withdrawn.flatMap(({ problem }) => problem ?? []),
  }
}

function replaced<T>(
  all: ReadonlyMap<string, T>,
  others: readonly { readonly name: string; readonly config: T }[],
  last: ReadonlyMap<string, T> | undefined,
): ReadonlyMap<string, T> {
  if (others.length === 0) return all
  const copy = new Map(all)
  for (const { name, config } of others) copy.set(name, kept(last?.get(name), config))
  return copy
}
