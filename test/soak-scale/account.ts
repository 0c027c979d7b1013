// Whose fault each failure is. A request inside a member that goes is lost with it unless it can be repeated; every other
// failure is the proxy's.
import type { Books, Failure } from './books.ts'
import type { Departure } from './departures.ts'
import type { Notes } from './notes.ts'

/**
 * inside: a member had begun with it and did not come to its end, or its answer was on the way as the member went.
 * underWay: no member noted it, but it was asked before and failed after the instant in which one went: it was in a socket.
 * outside: neither.
 */
export type Place = 'inside' | 'underWay' | 'outside'

export interface Judged extends Failure {
  readonly place: Place
  /** The departure nearest to its beginning, and how long after that it began, milliseconds. */
  readonly near: string
}

export interface Account {
  readonly judged: readonly Judged[]
  readonly counts: Readonly<Record<Place, number>>
  /** Failed though a proxy may repeat them: GET and PUT. */
  readonly idempotentFailed: number
  /** POSTs that more than one member began with. */
  readonly twice: number
}

export function account(books: Books, notes: Notes, departures: readonly Departure[]): Account {
  const judged = books.failures.map((failure) => ({
    ...failure,
    place: placeOf(failure, notes, departures),
    near: nearest(failure, departures),
  }))
  const counts = { inside: 0, underWay: 0, outside: 0 }
  for (const { place } of judged) counts[place]++
  return {
    judged,
    counts,
    idempotentFailed: judged.filter(({ method }) => method !== 'POST').length,
    twice: [...notes.visits].filter(([id, visits]) => visits.length > 1 && isPost(id)).length,
  }
}

/** Clients with even numbers POST (load.ts). */
function isPost(id: string): boolean {
  return Number(id.split('-').at(-2)) % 2 === 0
}

function placeOf({ id, began, ended }: Failure, notes: Notes, departures: readonly Departure[]): Place {
  const visits = notes.visits.get(id) ?? []
  const overlapping = departures.filter(({ from, to }) => began <= to && ended >= from)
  if (visits.some(({ answered }) => answered === undefined)) return 'inside'
  if (visits.some(({ member }) => overlapping.some((departure) => departure.member === member))) return 'inside'
  return overlapping.length > 0 ? 'underWay' : 'outside'
}

function nearest({ began }: Failure, departures: readonly Departure[]): string {
  const distance = ({ at }: Departure): number => Math.abs(began - at)
  const near = departures.reduce<Departure | undefined>(
    (best, each) => (best === undefined || distance(each) < distance(best) ? each : best),
    undefined,
  )
  if (near === undefined) return 'nobody had left'
  return `${(began - near.at).toFixed(0)} ms after ${near.what} of ${near.member}`
}
