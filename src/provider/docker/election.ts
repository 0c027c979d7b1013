// Who fills a name that several containers claim. Inside a project replicas are asked in turn; between projects the
// first holder keeps it, whatever others say: starting a container must not be enough to take over another's route.
import type { ObjectKind, Problem } from '../../model/problem.ts'
import type { Container } from './container.ts'
import type { Offer } from './offer.ts'
import { byPrecedence, bySeniority, ownerOf } from './precedence.ts'

/** One name of one kind, as the containers fill it. */
export type Claims<T> = ReadonlyMap<Container, T>

export interface Election<T> {
  readonly value: T
  /** The claims of the owner who holds the name, the one that is followed first. */
  readonly held: Claims<T>
  /** Containers of other owners, who claim it in vain. */
  readonly refused: readonly Container[]
  readonly problems: readonly Problem[]
}

/** One election per name that any of the containers offers. */
export function electAll<T>(
  kind: ObjectKind,
  offers: readonly Offer[],
  objects: (offer: Offer) => ReadonlyMap<string, T>,
  agree: (a: T, b: T) => boolean,
): ReadonlyMap<string, Election<T>> {
  const claims = new Map<string, Map<Container, T>>()
  for (const offer of offers) {
    for (const [name, value] of objects(offer)) {
      const named = claims.get(name) ?? new Map<Container, T>()
      claims.set(name, named.set(offer.container, value))
    }
  }
  return new Map([...claims].map(([name, named]) => [name, elect({ kind, name }, named, agree)]))
}

function elect<T>(
  object: NonNullable<Problem['object']>,
  claims: Claims<T>,
  agree: (a: T, b: T) => boolean,
): Election<T> {
  const owners = [...Map.groupBy(claims.keys(), ownerOf).values()]
  const [holders = [], ...others] = bySeniority(owners)
  const held = new Map(byPrecedence(holders).map((container) => [container, claims.get(container) as T]))
  const [first] = held
  if (first === undefined) throw new Error(`the ${object.kind} "${object.name}" is claimed by nobody`)
  const [winner, value] = first
  const dissenting = [...held].filter(([, other]) => !agree(value, other)).map(([container]) => container)
  // Of several replicas that say the same, one complaint is enough; of those that do not run, none is of use.
  const overruled = Map.groupBy(dissenting.filter(isRunning), ({ compose, id }) => compose?.configHash ?? id)
  // Containers of no project that say the same are replicas of one another, as two `docker run` with the same labels.
  const joining = others.flat().filter((other) => areStandalone(winner, other) && agree(value, claims.get(other) as T))
  for (const container of joining) held.set(container, claims.get(container) as T)
  const refused = others.flat().filter((container) => !held.has(container))
  return {
    value,
    held,
    refused,
    problems: [
      ...[...overruled.values()].flatMap((group) =>
        group.slice(0, 1).map((loser) => overruledBy(winner, loser, object)),
      ),
      ...[...Map.groupBy(refused.filter(isRunning), ownerOf).values()].flatMap((group) =>
        group.slice(0, 1).map((loser) => heldBy(winner, loser, object)),
      ),
    ],
  }
}

function areStandalone(a: Container, b: Container): boolean {
  return a.compose === undefined && b.compose === undefined
}

function isRunning({ running }: Container): boolean {
  return running
}

function overruledBy(winner: Container, { name: source }: Container, object: Problem['object']): Problem {
  return {
    severity: 'warning',
    provider: 'docker',
    source,
    field: undefined,
    object,
    reason: `is declared differently by "${source}" and "${winner.name}"; the latter is followed`,
    hint: 'recreate the replicas from one compose file',
  }
}

function heldBy(holder: Container, { name: source }: Container, object: Problem['object']): Problem {
  return {
    severity: 'error',
    provider: 'docker',
    source,
    field: undefined,
    object,
    reason: `the name is taken: "${holder.name}" (${ownerName(holder)}) had it before "${source}"`,
    hint: 'choose another name',
  }
}

function ownerName({ compose }: Container): string {
  return compose === undefined ? 'of no compose project' : `project "${compose.project}"`
}
