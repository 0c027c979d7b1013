// What is wrong with the replicas of a service together, from one declaration to the next: only services whose replicas changed
// are looked at again.
import type { ServiceConfig } from '../../model/service-config.ts'
import { onlyStandbys, sharedRoutes } from '../../model/member-faults.ts'
import type { MemberFault } from '../../model/member-faults.ts'
import type { Problem } from '../../model/problem.ts'
import type { Decided, Outcome } from './elections.ts'
import type { ServiceOffer } from './service-offer.ts'

/** The same list as last time when nothing in it changed. */
export function createMemberProblems(): (outcome: Outcome<ServiceOffer, ServiceConfig>) => readonly Problem[] {
  const byService = new Map<string, readonly Problem[]>()
  let said: readonly Problem[] = []
  return ({ changes }) => {
    let same = true
    for (const [name, decided] of changes) {
      const problems = decided === undefined ? [] : problemsOf(name, decided)
      if (byService.delete(name) || problems.length > 0) same = false
      if (problems.length > 0) byService.set(name, problems)
    }
    if (!same) said = [...byService].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, problems]) => problems)
    return said
  }
}

function problemsOf(name: string, { election: { held }, result }: Decided<ServiceOffer, ServiceConfig>): Problem[] {
  // Those that do not run count: a standby that stands in for one of them is what it is there for.
  const standingBy = held.every(({ offered }) => offered.standby)
  const faults: readonly MemberFault[] = [...sharedRoutes(result.members), ...(standingBy ? [onlyStandbys] : [])]
  const source = held[0].container.name
  const place = { provider: 'docker', source, field: undefined, object: { kind: 'service', name } } as const
  return faults.map((fault) => ({ severity: 'warning', ...place, ...fault }))
}
