// What is declared, without the references that would reach what is not theirs.
import type { Declaration } from '../../model/declaration.ts'
import type { MiddlewareConfig, RouterConfig } from '../../model/dynamic-config.ts'
import type { Outcome } from './elections.ts'
import { kept } from './kept.ts'
import type { RouterOffer } from './offer.ts'
import { forbiddenTo, withdrawMiddleware, withdrawRouter } from './withdraw.ts'

interface Outcomes {
  readonly services: Outcome<unknown, unknown>
  readonly middlewares: Outcome<unknown, MiddlewareConfig>
  readonly routers: Outcome<RouterOffer, RouterOffer>
}

type Allowed = Pick<Declaration, 'routers' | 'middlewares' | 'problems'>

type Withdraw = (
  outcome: Outcomes,
  routers: ReadonlyMap<string, RouterConfig>,
  middlewares: ReadonlyMap<string, MiddlewareConfig>,
) => Allowed

/** Rare, and so not remembered by name: while a name is refused to anybody, a change looks through the whole. */
export function createWithdraw(): Withdraw {
  let last: Allowed | undefined
  let seen: readonly unknown[] = []
  return (outcome, routers, middlewares) => {
    const contested = [outcome.services.contested, outcome.middlewares.contested]
    const changed = outcome.routers.changes.size > 0 || outcome.middlewares.changes.size > 0
    if (last !== undefined && !changed && contested.every((list, i) => list === seen[i])) return last
    seen = contested
    last = allowed(outcome, routers, middlewares, last)
    return last
  }
}

function allowed(
  outcome: Outcomes,
  routers: ReadonlyMap<string, RouterConfig>,
  middlewares: ReadonlyMap<string, MiddlewareConfig>,
  last: Allowed | undefined,
): Allowed {
  const forbidden = forbiddenTo(outcome.services, outcome.middlewares)
  if (forbidden.size === 0) return { routers, middlewares, problems: none }
  const withdrawn = [...outcome.routers.decided].flatMap(([name, { election, result }]) => {
    const found = withdrawRouter(name, result.config, election, forbidden)
    return found === undefined ? [] : [{ name, ...found }]
  })
  withdrawn.sort((a, b) => (a.name < b.name ? -1 : 1))
  const chains = [...outcome.middlewares.decided].flatMap(([name, { election, result }]) => {
    const config = withdrawMiddleware(result, election, forbidden)
    return config === undefined ? [] : [{ name, config }]
  })
  return {
    routers: replaced(routers, withdrawn, last?.routers),
    middlewares: replaced(middlewares, chains, last?.middlewares),
    problems: withdrawn.flatMap(({ problem }) => problem ?? []),
  }
}

const none: readonly never[] = []

function replaced<T>(
  all: ReadonlyMap<string, T>,
  others: readonly { readonly name: string; readonly config: T }[],
  last: ReadonlyMap<string, T> | undefined,
): ReadonlyMap<string, T> {
  if (others.length === 0) return all
  const copy = new Map(all)
  for (const { name, config } of others) copy.set(name, kept(last?.get(name), config))
  return copy
}
