// Which members a method may choose among: the lowest set that has any, spares for those that fail, standbys when the set
// has nobody else, and members in error when there is nobody at all (Apache's lbset, status and forcerecovery).
import type { Exchange } from '../exchange/exchange.ts'
import type { Member } from './member.ts'
import type { Choose, MayTake } from './methods/method.ts'

/** @param tried passed over, so that a repeated request reaches another member */
export type Pick = (exchange: Exchange, tried?: readonly Member[]) => Member | undefined

export interface Rules {
  /** Members in error are used again when there are no others. */
  readonly forceRecovery: boolean
}

/** What one look at the members needs to know. Set before each, read by the functions made when the service is. */
interface Look {
  tried: readonly Member[] | undefined
  /** Members in error count as well. */
  recovering: boolean
}

export function createPick(members: readonly Member[], choose: Choose, { forceRecovery }: Rules): Pick {
  const look: Look = { tried: undefined, recovering: false }
  const isUsable: MayTake = (index) => {
    const member = members[index]
    if (member === undefined || look.tried?.includes(member) === true) return false
    return member.row.available || (look.recovering && member.row.admits === 'everybody')
  }
  const chooseNow = isPlain(members)
    ? (exchange: Exchange) => choose(isUsable, exchange)
    : chooseInOrder(members, choose, isUsable)

  return (exchange, tried) => {
    look.tried = tried
    look.recovering = false
    let index = chooseNow(exchange)
    if (index === undefined && forceRecovery) {
      look.recovering = true
      index = chooseNow(exchange)
    }
    return index === undefined ? undefined : members[index]
  }
}

/** Those among which a method would choose now, in their order. */
export function servingNow(members: readonly Member[], rules: Rules): readonly Member[] {
  const found: number[] = []
  // A method that wants everyone it may take, and takes nobody while there is anyone.
  const collect: Choose = (mayTake) => {
    for (let i = 0; i < members.length; i++) if (mayTake(i)) found.push(i)
    return found[0]
  }
  createPick(members, collect, rules)({} as Exchange)
  return found.flatMap((index) => members[index] ?? [])
}

function isPlain(members: readonly Member[]): boolean {
  return members.every(({ role, lbset }) => role === 'regular' && lbset === 0)
}

function chooseInOrder(
  members: readonly Member[],
  choose: Choose,
  isUsable: MayTake,
): (exchange: Exchange) => number | undefined {
  const bySet = Map.groupBy(members.keys(), (index) => members[index]?.lbset ?? 0)
  const sets = [...bySet].sort(([a], [b]) => a - b).map(([, indexes]) => indexes)
  return (exchange) => {
    for (const set of sets) {
      const inService = membersInService(set, members, isUsable)
      const index = choose((candidate) => inService.includes(candidate), exchange)
      if (index !== undefined) return index
    }
    return undefined
  }
}

/** Of one set. A spare stands in for each regular member that cannot be used; standbys serve when nobody else does. */
function membersInService(set: readonly number[], members: readonly Member[], isUsable: MayTake): readonly number[] {
  const usable = (role: Member['role']): readonly number[] =>
    set.filter((index) => members[index]?.role === role && isUsable(index))
  const regular = usable('regular')
  const missing = set.filter((index) => members[index]?.role === 'regular').length - regular.length
  const serving = [...regular, ...usable('spare').slice(0, missing)]
  return serving.length > 0 ? serving : usable('standby')
}
