// All containers → the provider's opinion. Pure: the same containers always give the same declaration.
import type { Declaration } from '../../model/declaration.ts'
import type { Container } from './container.ts'
import { mergeReplicas } from './merge-replicas.ts'
import { offerOf } from './offer.ts'

export interface DeclareOptions {
  /** Containers without an enable label take part. */
  readonly exposedByDefault: boolean
  /** For routers without a rule. */
  readonly defaultRule: string
  /** Where members are reached, unless their labels say otherwise. */
  readonly network: string | undefined
  /** Networks Muster is on; empty: the host's. */
  readonly ownNetworks: readonly string[]
  /** Muster's own container; undefined when it is in none. */
  readonly ownId: string | undefined
}

export function declareContainers(
  containers: readonly Container[],
  options: DeclareOptions,
): Omit<Declaration, 'cause'> {
  const known = new Map(
    containers.flatMap((container) => [
      [container.name, container],
      [container.id, container],
    ]),
  )
  const find = (reference: string) => known.get(reference)
  const offers = containers.map((container) => offerOf(container, { ...options, find }))
  return { provider: 'docker', ...mergeReplicas(offers.filter((offer) => offer !== undefined)) }
}
