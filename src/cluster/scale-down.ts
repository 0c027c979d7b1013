// Who goes next once a scale-down has begun. Compose takes replicas of an obsolete generation first, then those with the
// highest numbers: whoever comes before one that is being stopped is likely to be stopped as well, and a new session given to
// it would have to move at once. For a short while, since a single replica may be restarted just as well.
import type { QualifiedName } from '../model/qualified-name.ts'
import type { Generation } from '../model/service-config.ts'
import { hasSessions } from '../model/service-config.ts'
import type { Entry } from './entry.ts'

/** Compose stops all of them within a millisecond, a person one after the other. */
const foreseenForMs = 1000

/** Where Compose would begin: `of` is the compose service, as the slot has it. */
interface Rank {
  readonly of: string
  readonly number: number
  readonly obsolete: boolean
}

export class ScaleDowns implements Disposable {
  readonly #entriesOf: (service: QualifiedName) => Iterable<Entry>
  readonly #timers = new Map<QualifiedName, NodeJS.Timeout>()

  constructor(entriesOf: (service: QualifiedName) => Iterable<Entry>) {
    this.#entriesOf = entriesOf
  }

  /** Something has changed among the members of this service. */
  look(service: QualifiedName): void {
    const all = [...this.#entriesOf(service)]
    const victims = foreseen(all, performance.now() - foreseenForMs)
    for (const entry of all) entry.foresee(victims.has(entry))
    if (victims.size === 0 || this.#timers.has(service)) return
    const again = (): void => {
      this.#timers.delete(service)
      this.look(service)
    }
    this.#timers.set(service, setTimeout(again, foreseenForMs).unref())
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }
}

/** Those that Compose would have taken before one whose stop began after `since`; nobody where they are all there is. */
function foreseen(entries: readonly Entry[], since: number): ReadonlySet<Entry> {
  const nobody = new Set<Entry>()
  const leaving = entries.filter((entry) => hasSessions(entry.settings) && entry.leavingSince > since)
  if (leaving.length === 0) return nobody
  const newest = newestGenerations(entries)
  const begun = leaving.flatMap((entry) => rankOf(entry, newest) ?? [])
  const serving = entries.filter((entry) => entry.wouldServe && !entry.superseded)
  const victims = serving.filter((entry) => {
    const rank = rankOf(entry, newest)
    return rank !== undefined && begun.some((other) => goesBefore(rank, other))
  })
  return victims.length === serving.length ? nobody : new Set(victims)
}

function goesBefore(a: Rank, b: Rank): boolean {
  if (a.of !== b.of) return false
  return a.obsolete === b.obsolete ? a.number > b.number : a.obsolete
}

function rankOf({ member: { config } }: Entry, newest: ReadonlyMap<string, Generation>): Rank | undefined {
  const [, of = '', number] = /^(.+\/.+)\/(\d+)$/.exec(config.slot) ?? []
  if (config.container === undefined || number === undefined) return undefined
  return { of, number: Number(number), obsolete: config.container.generation?.id !== newest.get(of)?.id }
}

/** By compose service. */
function newestGenerations(entries: readonly Entry[]): ReadonlyMap<string, Generation> {
  const newest = new Map<string, Generation>()
  for (const { member } of entries) {
    const { slot, container } = member.config
    const of = slot.slice(0, slot.lastIndexOf('/'))
    const own = container?.generation
    if (own !== undefined && own.at > (newest.get(of)?.at ?? -1)) newest.set(of, own)
  }
  return newest
}
