// TCP and UDP of all containers: the same elections as for HTTP. Nothing runs yet, so nothing can be reached wrongly.
import type { StreamConfig } from '../../model/dynamic-config.ts'
import type { ObjectKind, Problem } from '../../model/problem.ts'
import type { Claim } from './election.ts'
import { Elections } from './elections.ts'
import { createView, kept } from './kept.ts'
import type { Offer } from './offer.ts'
import type { OfferChanges } from './offers.ts'

export interface MergedStreams {
  /** Undefined: nobody speaks of it. */
  readonly config: StreamConfig | undefined
  /** Of each kind: the same list as last time when nothing in it changed. */
  readonly problems: readonly (readonly Problem[])[]
}

export function createStreamMerge(protocol: 'tcp' | 'udp'): (changes: OfferChanges) => MergedStreams {
  const routers = createKind(`${protocol} router`, (offer) => offer[protocol]?.routers ?? [])
  const services = createKind(`${protocol} service`, (offer) => offer[protocol]?.services ?? [])
  // UDP has none.
  const middlewares = createKind('tcp middleware', (offer) => offer[protocol]?.middlewares ?? [])
  const speaks = (offer: Offer): boolean => offer[protocol] !== undefined
  let speaking = 0
  let config: StreamConfig | undefined
  return (changes) => {
    const [came, gone] = [changes.came.filter(speaks), changes.gone.filter(speaks)]
    speaking += came.length - gone.length
    const held = {
      routers: routers({ came, gone }),
      services: services({ came, gone }),
      middlewares: middlewares({ came, gone }),
    }
    const next = { routers: held.routers.view, services: held.services.view, middlewares: held.middlewares.view }
    const same = Object.entries(next).every(([key, map]) => config?.[key as keyof StreamConfig] === map)
    if (speaking === 0) config = undefined
    else if (!same) config = next
    return { config, problems: Object.values(held).map(({ problems }) => problems) }
  }
}

function createKind<T>(
  kind: ObjectKind,
  claims: (offer: Offer) => readonly Claim<{ readonly config: T }>[],
): (changes: OfferChanges) => { readonly view: ReadonlyMap<string, T>; readonly problems: readonly Problem[] } {
  const elections = new Elections<{ readonly config: T }, T>({
    kind,
    claims,
    settle: ([followed], last) => kept(last, followed.offered.config),
  })
  const view = createView((config: T) => config)
  return (changes) => {
    const outcome = elections.hold(changes)
    return { view: view(outcome), problems: outcome.problems }
  }
}
