// TCP and UDP of all containers: the same elections as for HTTP. Nothing runs yet, so nothing can be reached wrongly.
import type { StreamConfig } from '../../model/dynamic-config.ts'
import type { ObjectKind } from '../../model/problem.ts'
import type { Claim } from './election.ts'
import { Elections } from './elections.ts'
import type { Outcome } from './elections.ts'
import { createView, kept } from './kept.ts'
import type { Offer } from './offer.ts'

export interface MergedStreams {
  /** Undefined: nobody speaks of it. */
  readonly config: StreamConfig | undefined
  readonly outcomes: readonly Outcome<unknown, unknown>[]
}

export function createStreamMerge(protocol: 'tcp' | 'udp'): (offers: readonly Offer[]) => MergedStreams {
  const routers = createKind(`${protocol} router`, (offer) => offer[protocol]?.routers ?? [])
  const services = createKind(`${protocol} service`, (offer) => offer[protocol]?.services ?? [])
  // UDP has none.
  const middlewares = createKind('tcp middleware', (offer) => offer[protocol]?.middlewares ?? [])
  let config: StreamConfig | undefined
  return (offers) => {
    const speaking = offers.filter((offer) => offer[protocol] !== undefined)
    const held = { routers: routers(speaking), services: services(speaking), middlewares: middlewares(speaking) }
    const next = { routers: held.routers.view, services: held.services.view, middlewares: held.middlewares.view }
    const same = Object.entries(next).every(([key, map]) => config?.[key as keyof StreamConfig] === map)
    if (speaking.length === 0) config = undefined
    else if (!same) config = next
    return { config, outcomes: Object.values(held).map(({ outcome }) => outcome) }
  }
}

function createKind<T>(
  kind: ObjectKind,
  claims: (offer: Offer) => readonly Claim<{ readonly config: T }>[],
): (offers: readonly Offer[]) => { readonly outcome: Outcome<unknown, T>; readonly view: ReadonlyMap<string, T> } {
  const elections = new Elections<{ readonly config: T }, T>({
    kind,
    claims,
    settle: ([followed], last) => kept(last, followed.offered.config),
  })
  const view = createView((config: T) => config)
  return (offers) => {
    const outcome = elections.hold(offers)
    return { outcome, view: view(outcome) }
  }
}
