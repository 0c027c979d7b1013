// References that would reach what is not theirs.
import type { MiddlewareConfig, RouterConfig } from '../../model/dynamic-config.ts'
import type { Problem } from '../../model/problem.ts'
import type { Container } from './container.ts'
import type { Election } from './election.ts'
import type { Outcome } from './elections.ts'
import { ownerOf } from './precedence.ts'

/** By owner, what it declared in vain: `service "web"`, `middleware "auth"`. */
export type Forbidden = ReadonlyMap<string, ReadonlySet<string>>

export interface Withdrawn {
  readonly config: RouterConfig
  readonly problem: Problem | undefined
}

/** A name nothing has: what refers to it is linked to nothing, and answers 503. */
const nowhere = 'another-project'

export function forbiddenTo(services: Outcome<unknown, unknown>, middlewares: Outcome<unknown, unknown>): Forbidden {
  const forbidden = new Map<string, Set<string>>()
  for (const [kind, { contested }] of Object.entries({ service: services, middleware: middlewares })) {
    for (const [name, { election }] of contested) {
      for (const container of election.refused) {
        const owner = ownerOf(container)
        forbidden.set(owner, (forbidden.get(owner) ?? new Set()).add(described(kind, name)))
      }
    }
  }
  return forbidden
}

/**
 * A router that refers to what its own project declared in vain would reach the other owner's object of that name:
 * another's members, or another middleware than the one meant to guard it. It refers to nothing instead. Left out
 * altogether, its requests could fall to a router without the guard.
 */
export function withdrawRouter(
  name: string,
  config: RouterConfig,
  election: Election<unknown>,
  forbidden: Forbidden,
): Withdrawn | undefined {
  const { service, middlewares } = config
  const mine = forbiddenIn(election, forbidden)
  if (mine === undefined) return undefined
  const found = [described('service', service), ...middlewares.map((reference) => described('middleware', reference))]
  const foreign = found.find((reference) => mine.has(reference))
  if (foreign === undefined) return undefined
  const [{ container }] = election.held
  return {
    config: {
      ...config,
      service: redirected('service', service, mine),
      middlewares: middlewares.map((reference) => redirected('middleware', reference, mine)),
    },
    problem: container.running ? withdrawal(container, name, foreign) : undefined,
  }
}

/** A chain likewise: whatever router uses it must not run without the link that is missing. */
export function withdrawMiddleware(
  config: MiddlewareConfig,
  election: Election<unknown>,
  forbidden: Forbidden,
): MiddlewareConfig | undefined {
  if (config.kind !== 'chain') return undefined
  const mine = forbiddenIn(election, forbidden)
  if (mine === undefined) return undefined
  if (!config.middlewares.some((reference) => mine.has(described('middleware', reference)))) return undefined
  return { ...config, middlewares: config.middlewares.map((reference) => redirected('middleware', reference, mine)) }
}

function forbiddenIn({ held: [followed] }: Election<unknown>, forbidden: Forbidden): ReadonlySet<string> | undefined {
  return forbidden.get(ownerOf(followed.container))
}

/** `service "web"`, be it referred to as `web` or as `web@docker`. */
function described(kind: string, reference: string): string {
  return `${kind} "${unqualified(reference)}"`
}

function redirected(kind: string, reference: string, forbidden: ReadonlySet<string>): string {
  return forbidden.has(described(kind, reference)) ? `${unqualified(reference)}@${nowhere}` : reference
}

function unqualified(reference: string): string {
  return reference.replace(/@docker$/, '')
}

function withdrawal({ name: source }: Container, router: string, foreign: string): Problem {
  return {
    severity: 'error',
    provider: 'docker',
    source,
    field: undefined,
    object: { kind: 'router', name: router },
    reason: `is not served: its ${foreign} would be that of another project`,
    hint: undefined,
  }
}
