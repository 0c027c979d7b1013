// The replicas there are and those that are wanted → what to make, start and remove. Pure, and as compose would choose.
import { didYouMean } from '../../model/nearest.ts'
import type { Replica } from '../../provider/docker/replicas/replica.ts'
import type { Wish } from './wishes.ts'

export interface ServicePlan {
  readonly project: string
  readonly service: string
  readonly wanted: number
  /** Of any state. */
  readonly before: number
  /** What new ones are made like: the newest. */
  readonly source: Replica
  /** The numbers of new ones. */
  readonly create: readonly number[]
  readonly start: readonly Replica[]
  readonly remove: readonly Replica[]
}

export type Planned =
  | { readonly ok: true; readonly plans: readonly ServicePlan[] }
  | { readonly ok: false; readonly message: string }

/** @param project undefined: the one that has the service, if only one has */
export function planScale(all: readonly Replica[], wishes: readonly Wish[], project: string | undefined): Planned {
  const plans: ServicePlan[] = []
  for (const wish of wishes) {
    const found = projectOf(all, wish, project)
    if (!found.ok) return found
    plans.push(planOf(all, wish, found.project))
  }
  return { ok: true, plans }
}

type Found = { readonly ok: true; readonly project: string } | { readonly ok: false; readonly message: string }

function projectOf(all: readonly Replica[], wish: Wish, project: string | undefined): Found {
  const { service } = wish
  const within = project === undefined ? all : all.filter((replica) => replica.project === project)
  if (project !== undefined && within.length === 0) return no(noProject(all, project))
  const [first, ...others] = unique(within.filter((replica) => replica.service === service).map(projectName))
  if (first === undefined) return no(noService(within, wish, project))
  if (others.length === 0) return { ok: true, project: first }
  return no(`the service "${service}" exists in ${[first, ...others].join(', ')}; say which with --project`)
}

function noProject(all: readonly Replica[], project: string): string {
  const projects = unique(all.map(projectName))
  const known = projects.length === 0 ? 'there is no compose project' : `there are ${projects.join(', ')}`
  return `there is no compose project "${project}" with containers; ${didYouMean(project, projects) ?? known}`
}

/** Whatever compose files say of it: one without a container is one the engine has never heard of. */
function noService(within: readonly Replica[], { service, count }: Wish, project: string | undefined): string {
  const services = unique(within.map((replica) => replica.service))
  const where = project === undefined ? 'no compose project has' : `the compose project "${project}" does not have`
  const words = `${project === undefined ? '' : `-p ${project} `}up -d --scale ${service}=${Math.max(1, count)}`
  return [
    `${where} a container of the service "${service}"`,
    services.length === 0 ? undefined : `there are ${services.join(', ')}`,
    `where there is none, there is nothing to make another like: docker compose ${words} ${service} makes the first`,
    didYouMean(service, services),
  ]
    .filter((part) => part !== undefined)
    .join('; ')
}

function planOf(all: readonly Replica[], { service, count }: Wish, project: string): ServicePlan {
  const slots = all.filter((replica) => replica.project === project && replica.service === service)
  // One that is going, or cannot be started, is no replica; only its name is still taken.
  const alive = slots.filter(({ state }) => state !== 'removing' && state !== 'dead')
  const newest = (alive.length > 0 ? alive : slots).toSorted(newestFirst)[0] as Replica
  const ordered = alive.toSorted(
    (a, b) => Number(isObsolete(a, newest)) - Number(isObsolete(b, newest)) || a.number - b.number,
  )
  const kept = ordered.slice(0, count)
  // Compose fills no gaps: the next number follows the highest.
  const next = Math.max(0, ...slots.map(({ number }) => number)) + 1
  return {
    project,
    service,
    wanted: count,
    before: alive.length,
    source: newest,
    create: Array.from({ length: count - kept.length }, (_, i) => next + i),
    start: kept.filter(({ state }) => state === 'created' || state === 'exited'),
    remove: ordered.slice(count).toReversed(),
  }
}

function newestFirst(a: Replica, b: Replica): number {
  return b.createdAt - a.createdAt || b.number - a.number
}

/** Made from another state of the compose file than the newest: compose lets these go first. */
function isObsolete({ configHash }: Replica, newest: Replica): boolean {
  return configHash !== newest.configHash
}

function projectName({ project }: Replica): string {
  return project
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}

function no(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}
