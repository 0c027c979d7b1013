// Routers that would reach what is not theirs.
import type { RouterConfig } from '../../model/dynamic-config.ts'
import type { Problem } from '../../model/problem.ts'
import type { Container } from './container.ts'
import type { Election } from './election.ts'
import type { Offer } from './offer.ts'

/**
 * A router that refers to what its own container declared in vain would reach the other owner's object of that name:
 * another's members, or another middleware than the one meant to guard it. It is withdrawn instead.
 */
export function withdrawForeign(
  offers: readonly Offer[],
  services: ReadonlyMap<string, Election<unknown>>,
  middlewares: ReadonlyMap<string, Election<unknown>>,
): { readonly remaining: readonly Offer[]; readonly withdrawals: readonly Problem[] } {
  const foreign = new Map<Container, Set<string>>()
  for (const [kind, elections] of Object.entries({ service: services, middleware: middlewares })) {
    for (const [name, { refused }] of elections) {
      for (const container of refused) {
        foreign.set(container, (foreign.get(container) ?? new Set()).add(reference(kind, name)))
      }
    }
  }
  const withdrawals: Problem[] = []
  const remaining = offers.map((offer) => {
    const { container } = offer
    const forbidden = foreign.get(container)
    if (forbidden === undefined) return offer
    const routers = new Map(offer.routers)
    for (const [name, router] of offer.routers) {
      const found = referencesOf(router).find((wanted) => forbidden.has(wanted))
      if (found === undefined) continue
      routers.delete(name)
      if (container.running) withdrawals.push(withdrawal(container, name, found))
    }
    return { ...offer, routers }
  })
  return { remaining, withdrawals }
}

function referencesOf({ service, middlewares }: RouterConfig): readonly string[] {
  return [reference('service', service), ...middlewares.map((middleware) => reference('middleware', middleware))]
}

/** `service "web"`, be it referred to as `web` or as `web@docker`. */
function reference(kind: string, name: string): string {
  return `${kind} "${name.replace(/@docker$/, '')}"`
}

function withdrawal({ name: source }: Container, router: string, foreign: string): Problem {
  return {
    severity: 'error',
    provider: 'docker',
    source,
    field: undefined,
    object: { kind: 'router', name: router },
    reason: `is withdrawn: its ${foreign} would be that of another project`,
    hint: undefined,
  }
}
