// What is wrong with the members of a service together, each of them being good.
import type { MemberConfig } from './service-config.ts'
import type { Problem } from './problem.ts'
import { routeOf } from './route-of-slot.ts'

export type MemberFault = Pick<Problem, 'reason' | 'hint'>

/** Both members stay: of a session that names both, the first that can be used takes it. */
export function sharedRoutes(members: readonly MemberConfig[]): readonly MemberFault[] {
  const byRoute = Map.groupBy(members, routeOf)
  return [...byRoute].flatMap(([route, sharing]) => {
    if (sharing.length < 2) return []
    const names = sharing.map(({ container, id }) => JSON.stringify(container?.name ?? id))
    const [first, second, ...more] = names
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`
    const reason = `${first} and ${second}${others} share the route "${route}", so sessions cannot tell them apart`
    const isGiven = sharing.every((member) => member.route !== undefined)
    const hint = isGiven ? 'leave out the route: each then has one of its own' : 'give each a route of its own'
    return [{ reason, hint }]
  })
}

export function isStandby({ parameters }: Pick<MemberConfig, 'parameters'>): boolean {
  return parameters?.status.includes('H') === true
}

export const onlyStandbys: MemberFault = {
  reason: 'all its members are hot standbys ("H"), and there is none to stand by for: they serve all the same',
  hint: 'leave the letter out for those that should serve first',
}

export function memberFaults(members: readonly MemberConfig[]): readonly MemberFault[] {
  const standingBy = members.length > 0 && members.every(isStandby)
  return [...sharedRoutes(members), ...(standingBy ? [onlyStandbys] : [])]
}
