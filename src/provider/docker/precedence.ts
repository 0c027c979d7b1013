// Who wins when containers say different things under one name. Total orders, so that every view of the same containers
// gives the same winner.
import type { Container } from './container.ts'

/**
 * Those who may speak for one another: the containers of one compose project. A container of no project speaks for
 * itself alone, and joins another one of no project by saying the same.
 */
export function ownerOf({ compose, name }: Container): string {
  return compose === undefined ? `container "${name}"` : `project "${compose.project}"`
}

/**
 * The containers of one owner, the one to follow first: the newest generation that is ready, so that changed labels
 * count from the moment somebody can serve them, and not before. A generation is what one state of the compose file
 * brought forth.
 */
export function byPrecedence(containers: readonly Container[]): readonly Container[] {
  const generations = [...Map.groupBy(containers, generationOf)].map(([key, members]) => ({
    key,
    members: members.toSorted((a, b) => readiness(b) - readiness(a) || bySlot(a, b)),
    readiness: Math.max(...members.map(readiness)),
    newest: Math.max(...members.map(({ createdAt }) => createdAt)),
  }))
  generations.sort((a, b) => b.readiness - a.readiness || b.newest - a.newest || compare(a.key, b.key))
  return generations.flatMap(({ members }) => members)
}

/**
 * Owners' containers, the one that holds a contested name first: of those that run who held it until now, else the
 * oldest. Age alone would not do: recreated one by one, a project's replicas are all younger than who waits for its name.
 */
export function bySeniority(
  owners: readonly (readonly Container[])[],
  holder: string | undefined,
): readonly (readonly Container[])[] {
  const ranked = owners.map((containers) => {
    const running = containers.filter(({ running }) => running)
    const oldest = (running.length > 0 ? running : containers).toSorted(
      (a, b) => a.createdAt - b.createdAt || compare(a.id, b.id),
    )
    const holds = containers[0] !== undefined && ownerOf(containers[0]) === holder
    return { containers, running: running.length > 0, holds, oldest: oldest[0] }
  })
  ranked.sort(
    (a, b) =>
      Number(b.running) - Number(a.running) ||
      Number(b.holds) - Number(a.holds) ||
      (a.oldest?.createdAt ?? 0) - (b.oldest?.createdAt ?? 0) ||
      compare(a.oldest?.id ?? '', b.oldest?.id ?? ''),
  )
  return ranked.map(({ containers }) => containers)
}

/** By replica number, then id: the order in which members take turns. */
export function bySlot(a: Container, b: Container): number {
  return (a.compose?.number ?? 0) - (b.compose?.number ?? 0) || compare(a.id, b.id)
}

/** The order of all containers. Names are not unique for the moments a container takes over the name of another. */
export function byName(a: Container, b: Container): number {
  return compare(a.name, b.name) || compare(a.id, b.id)
}

/** What one state of the compose file, with one state of its image, brought forth. */
export function generationOf({ compose, id, imageId }: Container): string {
  return compose?.configHash === undefined ? id : `${compose.configHash} ${imageId}`
}

/** 3: serves. 2: runs, but is starting or paused. 1: runs and is unhealthy. 0: does not run. */
function readiness({ running, paused, health }: Container): number {
  if (!running) return 0
  if (health === 'unhealthy') return 1
  return paused || health === 'starting' ? 2 : 3
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
