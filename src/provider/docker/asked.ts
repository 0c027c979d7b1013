// One container on its way to an offer: what it said, and what it is said against.
import type { DecodedLabels } from '../../labels/decode-labels.ts'
import type { Problem } from '../../model/problem.ts'
import type { Surroundings } from './address.ts'
import type { LabelTest } from './constraints.ts'
import type { Container } from './container.ts'
import type { HostPolicy } from './host-policy.ts'
import type { OwnPlace } from './own-container.ts'
import type { Finding } from './port.ts'
import type { ParsedTemplate } from './template/parser.ts'

/** The provider's options, read, and where Muster is. */
export interface OfferOptions extends Surroundings, OwnPlace {
  readonly exposedByDefault: boolean
  readonly defaultRule: ParsedTemplate
  /** The constraints: which containers are looked at. */
  readonly selects: LabelTest
  /** Reach members where the engine publishes them. */
  readonly useBindPortIP: boolean
  /** Labels of any container may lead to Muster's own services. */
  readonly allowInternalServices: boolean
  /** A `server.url` may name any address. */
  readonly allowForeignAddresses: boolean
  readonly hostPolicy: readonly HostPolicy[]
}

export interface Asked {
  readonly container: Container
  readonly decoded: DecodedLabels
  readonly options: OfferOptions
  readonly report: (object: Problem['object'], finding: Finding) => void
}

export function isLabelled({ enable, routers, services }: DecodedLabels): boolean {
  return enable === true || routers.size > 0 || services.size > 0
}

/**
 * Somebody means requests to reach it, so they want to know what is missing; a database exposed by default needs no
 * port, nor does a container whose routers lead elsewhere (`api@internal`).
 */
export function wantsMember(decoded: DecodedLabels): boolean {
  const { routers, services } = decoded
  const leadElsewhere = routers.size > 0 && [...routers.values()].every(({ service }) => service !== undefined)
  return isLabelled(decoded) && (services.size > 0 || !leadElsewhere)
}
