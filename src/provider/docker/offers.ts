// What containers ask for, from one look at them to the next: an offer is made once, and only those that came and went
// are told of, so that an event costs work for one container beside a thousand.
import { joinedReference } from './address.ts'
import type { OfferOptions } from './asked.ts'
import type { Container } from './container.ts'
import { offerOf } from './offer.ts'
import type { Offer } from './offer.ts'
import type { OwnPlace } from './own-container.ts'
import { byName } from './precedence.ts'

/** An offer that changed went as it was and came as it is. */
export interface OfferChanges {
  readonly came: readonly Offer[]
  readonly gone: readonly Offer[]
}

interface Known {
  readonly offer: Offer | undefined
  /** Whose network it shares; what is offered depends on that one too. */
  readonly joined: Container | undefined
}

interface ContainerChanges {
  readonly came: readonly Container[]
  readonly gone: readonly Container[]
}

type Options = Omit<OfferOptions, 'find' | keyof OwnPlace>

/** Of the containers in one call, what changed since the call before. */
export function createOffers(options: Options): (containers: readonly Container[], place: OwnPlace) => OfferChanges {
  let seen: readonly Container[] = []
  let seenFrom = ''
  const known = new Map<Container, Known>()
  /** Those of them in another's network: with whose. */
  const guests = new Map<Container, string>()
  return (containers, place) => {
    // Where Muster is decides about all of them, and seldom changes.
    const from = JSON.stringify([place.ownId, place.ownProject, place.ownNetworks, place.hostName])
    const changes = from === seenFrom ? difference(seen, containers) : { came: containers, gone: seen }
    const find = (reference: string) => findIn(containers, reference)
    const made = [...changes.came, ...moved(guests, known, changes, find)].map((container) => {
      const reference = joinedReference(container)
      const joined = reference === undefined ? undefined : find(reference)
      const offer = offerOf(container, { ...options, ...place, find })
      return { container, reference, joined, offer }
    })
    const replaced = new Set([...changes.gone, ...made.map(({ container }) => container)])
    const gone = [...replaced].flatMap((container) => known.get(container)?.offer ?? [])
    for (const container of changes.gone) {
      known.delete(container)
      guests.delete(container)
    }
    for (const { container, reference, joined, offer } of made) {
      known.set(container, { offer, joined })
      if (reference !== undefined) guests.set(container, reference)
    }
    seen = containers
    seenFrom = from
    return { came: made.flatMap(({ offer }) => offer ?? []), gone }
  }
}

/** Both are mostly the same at both ends, and looked into only in between. */
function difference(before: readonly Container[], now: readonly Container[]): ContainerChanges {
  const shorter = Math.min(before.length, now.length)
  let head = 0
  while (head < shorter && before[head] === now[head]) head++
  let tail = 0
  while (tail < shorter - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const earlier = new Set(before.slice(head, before.length - tail))
  const later = new Set(now.slice(head, now.length - tail))
  return {
    came: [...later].filter((container) => !earlier.has(container)),
    gone: [...earlier].filter((container) => !later.has(container)),
  }
}

/** The containers that stayed, and whose network is now another's. */
function moved(
  guests: ReadonlyMap<Container, string>,
  known: ReadonlyMap<Container, Known>,
  { came, gone }: ContainerChanges,
  find: (reference: string) => Container | undefined,
): readonly Container[] {
  if (guests.size === 0) return []
  const touched = new Set([...came, ...gone].flatMap(({ id, name }) => [id, name]))
  const apart = new Set([...came, ...gone])
  return [...guests].flatMap(([guest, reference]) =>
    touched.has(reference) && !apart.has(guest) && find(reference) !== known.get(guest)?.joined ? [guest] : [],
  )
}

/** By id or name; names are not unique for the moments a container takes over the name of another. */
function findIn(containers: readonly Container[], reference: string): Container | undefined {
  return containers
    .filter(({ id, name }) => id === reference || name === reference)
    .sort(byName)
    .at(-1)
}
