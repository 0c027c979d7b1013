// Who fills a name that several containers claim. Inside a project replicas are asked in turn; between projects the
// first holder keeps it, whatever others say: starting a container must not be enough to take over another's route.
import { isDeepStrictEqual } from 'node:util'
import type { ObjectKind, Problem } from '../../model/problem.ts'
import type { Container } from './container.ts'
import { byPrecedence, bySeniority, ownerOf } from './precedence.ts'

/** One name of one kind, as one container fills it. */
export interface Claim<T> {
  readonly name: string
  readonly container: Container
  readonly offered: T
}

/** What containers have to agree on is `config`; the rest of an offer is each one's own. */
export interface Offered {
  readonly config: unknown
}

/** The claims of the owner who holds a name; the one that is followed first. */
export type Held<T> = readonly [Claim<T>, ...Claim<T>[]]

export interface Election<T> {
  readonly held: Held<T>
  /** Containers of other owners, who claim it in vain. */
  readonly refused: readonly Container[]
  readonly problems: readonly Problem[]
}

/** @param holder the owner who held the name until now: only while none of its containers runs does another get it */
export function elect<T extends Offered>(
  object: { readonly kind: ObjectKind; readonly name: string },
  claims: readonly Claim<T>[],
  holder: string | undefined,
): Election<T> {
  const [only] = claims
  if (only !== undefined && claims.length === 1) return { held: [only], refused: [], problems: [] }
  const byContainer = new Map(claims.map((claim) => [claim.container, claim]))
  const byAll = (containers: readonly Container[]): Claim<T>[] =>
    containers.flatMap((container) => byContainer.get(container) ?? [])
  const owners = [...Map.groupBy(byContainer.keys(), ownerOf).values()]
  const [holders = [], ...others] = bySeniority(owners, holder)
  const [followed, ...replicas] = byAll(byPrecedence(holders))
  if (followed === undefined) throw new Error(`the ${object.kind} "${object.name}" is claimed by nobody`)
  const winner = followed.container
  const agrees = ({ offered }: Claim<T>): boolean => isDeepStrictEqual(offered.config, followed.offered.config)
  // Of several replicas that say the same, one complaint is enough; of those that do not run, none is of use.
  const dissenting = replicas
    .filter((claim) => claim.container.running && !agrees(claim))
    .map(({ container }) => container)
  const overruled = Map.groupBy(dissenting, ({ compose, id }) => compose?.configHash ?? id)
  // Containers of no project that say the same are replicas of one another, as two `docker run` with the same labels.
  const joining = byAll(others.flat()).filter((claim) => areStandalone(winner, claim.container) && agrees(claim))
  const joined = new Set(joining.map(({ container }) => container))
  const refused = others.flat().filter((container) => !joined.has(container))
  const contenders = Map.groupBy(refused.filter(isRunning), ownerOf)
  return {
    held: [followed, ...replicas, ...joining],
    refused,
    problems: [
      ...[...overruled.values()].flatMap(([loser]) => (loser === undefined ? [] : overruledBy(winner, loser, object))),
      ...[...contenders.values()].flatMap(([loser]) => (loser === undefined ? [] : heldBy(winner, loser, object))),
    ],
  }
}

function areStandalone(a: Container, b: Container): boolean {
  return a.compose === undefined && b.compose === undefined
}

function isRunning({ running }: Container): boolean {
  return running
}

function overruledBy(winner: Container, { name: source, compose }: Container, object: Problem['object']): Problem {
  const replicas = compose !== undefined && compose.service === winner.compose?.service
  return {
    severity: 'warning',
    provider: 'docker',
    source,
    field: undefined,
    object,
    reason: `is declared differently by "${source}" and "${winner.name}"; the latter is followed`,
    hint: replicas ? 'recreate the replicas from one compose file' : 'give each a name of its own',
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
