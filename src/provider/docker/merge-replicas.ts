// What all containers ask for → one set of routers, services and middlewares. Nothing is dropped because two disagree:
// one of them wins, and the other hears of it.
import { isDeepStrictEqual } from 'node:util'
import type { Declaration, Origin } from '../../model/declaration.ts'
import type { ServiceConfig } from '../../model/dynamic-config.ts'
import type { Problem } from '../../model/problem.ts'
import { electAll } from './election.ts'
import type { Election } from './election.ts'
import { labelRoot } from './names.ts'
import type { Offer, ServiceOffer } from './offer.ts'
import { bySlot } from './precedence.ts'
import { withdrawForeign } from './withdraw.ts'

type Merged = Pick<Declaration, 'routers' | 'services' | 'middlewares' | 'problems' | 'origins'>

export function mergeReplicas(offers: readonly Offer[]): Merged {
  const services = electAll(
    'service',
    offers,
    (offer) => offer.services,
    (a, b) => isDeepStrictEqual(a.config, b.config),
  )
  const middlewares = electAll('middleware', offers, (offer) => offer.middlewares, isDeepStrictEqual)
  const { remaining, withdrawals } = withdrawForeign(offers, services, middlewares)
  const routers = electAll('router', remaining, (offer) => offer.routers, isDeepStrictEqual)
  const elections = [...services.values(), ...middlewares.values(), ...routers.values()]
  return {
    routers: values(routers),
    services: new Map([...services].map(([name, election]) => [name, withMembers(election)])),
    middlewares: values(middlewares),
    origins: new Map([...routers].map(([name, election]) => [name, originOf(name, election)])),
    problems: [...onePerService(offers), ...elections.flatMap(({ problems }) => problems), ...withdrawals],
  }
}

function values<T>(elections: ReadonlyMap<string, Election<T>>): ReadonlyMap<string, T> {
  return new Map([...elections].map(([name, { value }]) => [name, value]))
}

function originOf(name: string, { held }: Election<unknown>): Origin {
  const [followed] = held.keys()
  const root = followed === undefined ? 'traefik' : labelRoot(followed)
  return { source: followed?.name ?? name, field: `${root}.http.routers.${name}` }
}

/** The winner's settings with everybody's members: who disagrees about a cookie still serves. */
function withMembers({ value, held }: Election<ServiceOffer>): ServiceConfig {
  const inOrder = [...held].sort(([a], [b]) => bySlot(a, b))
  return { ...value.config, members: inOrder.flatMap(([, { member }]) => member ?? []) }
}

/** Replicas have their labels in common, and so what is wrong with them: said once, by the first. */
function onePerService(offers: readonly Offer[]): readonly Problem[] {
  const said = new Map<string, Problem>()
  for (const { container, problems } of offers.toSorted((a, b) => bySlot(a.container, b.container))) {
    const { project, service } = container.compose ?? { project: '', service: container.id }
    for (const problem of problems) {
      const key = JSON.stringify([project, service, { ...problem, source: '' }])
      if (!said.has(key)) said.set(key, problem)
    }
  }
  return [...said.values()]
}
