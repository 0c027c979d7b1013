// When members left, by the engine's own clock: a request under way in that instant may be lost with the member, no other.
import { epochMs } from './books.ts'
import { followEvents } from './engine-events.ts'
import type { Stage } from './stage.ts'

export interface Departure {
  readonly what: string
  /** As the member knows itself: the container's short id. */
  readonly member: string
  /** When the engine told of it, milliseconds since the epoch; what it does may have begun before that. */
  readonly at: number
  readonly from: number
  /** Infinity while it is not over. */
  to: number
}

/**
 * The engine says `kill` 1 to 2.5 ms after the signal was delivered, on a busy machine tens of milliseconds; and `die` some
 * 25 ms after the process has ended.
 */
const toldLateMs = 80
/** A `die` so soon after a `kill` is that one's doing. */
const killedWithinMs = 15_000

interface EngineEvent {
  readonly Action: string
  readonly timeNano: number
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
}

export class Departures implements AsyncDisposable {
  readonly all: Departure[] = []
  /** By member: when the engine told of a signal that ends it. */
  readonly kills = new Map<string, number>()
  readonly #following: AsyncDisposable

  constructor(stage: Stage) {
    this.#following = followEvents(stage, ['--format', '{{json .}}'], (line) =>
      this.#hear(JSON.parse(line) as EngineEvent),
    )
  }

  /** What the engine does not tell, or only later: a network that is taken away, a process killed from outside. */
  async during<Result>(what: string, member: string, work: () => Promise<Result>): Promise<Result> {
    const from = epochMs()
    try {
      return await work()
    } finally {
      this.all.push({ what, member, at: from, from, to: epochMs() })
    }
  }

  /** Everybody who was leaving is gone, whether the engine could still tell or not. */
  close(): void {
    for (const departure of this.all) departure.to = Math.min(departure.to, epochMs())
  }

  /** Forgets what was: ids of members and requests of the next row are new ones. */
  clear(): void {
    this.all.length = 0
    this.kills.clear()
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#following[Symbol.asyncDispose]()
  }

  #hear({ Action: what, timeNano, Actor: { ID, Attributes } }: EngineEvent): void {
    const member = ID.slice(0, 12)
    const at = timeNano / 1e6
    const add = (to: number): void => void this.all.push({ what, member, at, from: at - toldLateMs, to })
    const killed = this.kills.get(member)
    if (what === 'kill' && ['9', '15'].includes(Attributes['signal'] ?? '')) {
      this.kills.set(member, at)
      add(Number.POSITIVE_INFINITY)
    } else if (what === 'die' && killed !== undefined && at - killed < killedWithinMs) {
      for (const departure of this.all) if (departure.member === member) departure.to = Math.min(departure.to, at)
    } else if (['pause', 'oom', 'die'].includes(what)) add(at)
  }
}
