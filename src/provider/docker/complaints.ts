// What is wrong with the containers' own labels. Replicas have them in common: said once, by the first.
import type { Problem } from '../../model/problem.ts'
import type { Offer } from './offer.ts'
import type { OfferChanges } from './offers.ts'
import { bySlot, ownerOf } from './precedence.ts'

export interface Complaints {
  readonly problems: readonly Problem[]
  /** Whose the containers are, by their names. */
  readonly owners: ReadonlyMap<string, string>
}

/** From one declaration to the next: the same containers complain of the same, and are not read again. */
export function createComplaints(): (changes: OfferChanges) => Complaints {
  const keys = new WeakMap<Problem, string>()
  const complaining = new Set<Offer>()
  let said: Complaints = { problems: [], owners: new Map() }
  return ({ came, gone }) => {
    const [more, less] = [came.filter(complains), gone.filter(complains)]
    if (more.length + less.length === 0) return said
    for (const offer of less) complaining.delete(offer)
    for (const offer of more) complaining.add(offer)
    said = {
      problems: onePerService([...complaining], keys),
      owners: new Map([...complaining].map(({ container }) => [container.name, ownerOf(container)])),
    }
    return said
  }
}

function onePerService(offers: readonly Offer[], keys: WeakMap<Problem, string>): readonly Problem[] {
  const said = new Map<string, Problem>()
  for (const { container, problems } of offers.toSorted((a, b) => bySlot(a.container, b.container))) {
    const { project, service } = container.compose ?? { project: '', service: container.id }
    for (const problem of problems) {
      const key = keys.get(problem) ?? JSON.stringify([project, service, { ...problem, source: '' }])
      keys.set(problem, key)
      if (!said.has(key)) said.set(key, problem)
    }
  }
  return [...said.values()]
}

function complains({ problems }: Offer): boolean {
  return problems.length > 0
}
