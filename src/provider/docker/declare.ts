// All containers → the provider's opinion. The same containers, one declaration after the other, always give the same;
// what was worked out for one is kept while it stays as it is, so that an event costs work for one container.
import type { Declaration } from '../../model/declaration.ts'
import { joinedReference } from './address.ts'
import type { OfferOptions } from './asked.ts'
import { parseConstraints } from './constraints.ts'
import type { Container } from './container.ts'
import type { HostPolicy } from './host-policy.ts'
import { createMerge } from './merge-replicas.ts'
import { offerOf } from './offer.ts'
import type { Offer } from './offer.ts'
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
  const read = {
    ...options,
    defaultRule: parseTemplate(options.defaultRule),
    selects: constraints.ok ? constraints.test : () => false,
  }
  const merge = createMerge()
  let offers = new WeakMap<Container, Known>()
  let seenFrom = ''
  return (containers, place) => {
    // Where Muster is decides about all of them, and seldom changes.
    const from = JSON.stringify([place.ownId, place.ownProject, place.ownNetworks, place.hostName])
    if (from !== seenFrom) offers = new WeakMap()
    seenFrom = from
    const all = offersOf(containers, { ...read, ...place }, offers)
    return { provider: 'docker', ...merge(all) }
  }
}

interface Known {
  readonly offer: Offer | undefined
  /** Whose network it shares; what is offered depends on that one too. */
  readonly joined: Container | undefined
}

function offersOf(
  containers: readonly Container[],
  options: Omit<OfferOptions, 'find'>,
  known: WeakMap<Container, Known>,
): readonly Offer[] {
  const find = createFind(containers)
  const offers: Offer[] = []
  for (const container of containers) {
    const reference = joinedReference(container)
    const joined = reference === undefined ? undefined : find(reference)
    let found = known.get(container)
    if (found === undefined || found.joined !== joined) {
      found = { joined, offer: offerOf(container, { ...options, find }) }
      known.set(container, found)
    }
    if (found.offer !== undefined) offers.push(found.offer)
  }
  return offers
}

/** By id or name. The index is made for whoever asks first: few containers share another's network. */
function createFind(containers: readonly Container[]): (reference: string) => Container | undefined {
  let index: ReadonlyMap<string, Container> | undefined
  return (reference) => {
    index ??= new Map(containers.flatMap((container) => [container.name, container.id].map((key) => [key, container])))
    return index.get(reference)
  }
}
