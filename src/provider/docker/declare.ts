// All containers → the provider's opinion. The same containers, one declaration after the other, always give the same;
// what was worked out for one is kept while it stays as it is, so that an event costs work for one container.
import type { Declaration } from '../../model/declaration.ts'
import { parseConstraints } from './constraints.ts'
import type { Container } from './container.ts'
import type { HostPolicy } from './host-policy.ts'
import { createMerge } from './merge-replicas.ts'
import { createOffers } from './offers.ts'
import type { OwnPlace } from './own-container.ts'
import { parseTemplate } from './template/parser.ts'

/** Those of the settings that decide what is declared. */
export interface DeclareOptions {
  /** Containers without an enable label take part. */
  readonly exposedByDefault: boolean
  /** For routers without a rule: a Go template. */
  readonly defaultRule: string
  /** Where members are reached, unless their labels say otherwise. */
  readonly network: string | undefined
  /** Undefined: every container. */
  readonly constraints: string | undefined
  readonly useBindPortIP: boolean
  readonly allowInternalServices: boolean
  readonly allowForeignAddresses: boolean
  readonly hostPolicy: readonly HostPolicy[]
}

/** @param containers a container that did not change is the same object as last time */
export type Declare = (containers: readonly Container[], place: OwnPlace) => Omit<Declaration, 'cause'>

/** One per run of the provider: it remembers. Options with flaws (see `checkDeclareOptions`) select and name nothing. */
export function createDeclarer(options: DeclareOptions): Declare {
  const constraints = parseConstraints(options.constraints ?? '')
  const changes = createOffers({
    ...options,
    defaultRule: parseTemplate(options.defaultRule),
    selects: constraints.ok ? constraints.test : () => false,
  })
  const merge = createMerge()
  return (containers, place) => ({ provider: 'docker', ...merge(changes(containers, place)) })
}
