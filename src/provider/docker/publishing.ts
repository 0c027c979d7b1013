// When what is known of the containers is published. What is taken away is published at once; what is gained, as soon as
// there is nothing left to look at, but while more and more comes only now and then: a publication costs work for all.
import type { Cause } from '../../model/declaration.ts'
import type { EngineEvent } from './engine-event.ts'

/** Milliseconds; between two publications, and until one does not wait for further inspections any more. */
const spacingMax = 100

export class Publishing {
  #changedAt: number | undefined
  #publishedAt = -Infinity
  /** The events since the mirror was last in step and published: the one that counts, and how many. */
  #news: { readonly latest: EngineEvent; readonly count: number } | undefined

  // What a network says around it only repeats a start or a death.
  remember(event: EngineEvent): void {
    const before = this.#news
    const ofNetwork = event.kind === 'connect' || event.kind === 'disconnect'
    this.#news = { latest: (ofNetwork && before?.latest) || event, count: (before?.count ?? 0) + 1 }
  }

  /** There is something to publish. */
  changed(): void {
    this.#changedAt ??= performance.now()
  }

  /**
   * Milliseconds until it is time; 0: now, Infinity: there is nothing to publish.
   * @param size of what is published: a few containers cost little and are never kept waiting for long
   */
  dueIn(inStep: boolean, size: number): number {
    if (this.#changedAt === undefined) return Infinity
    const at = Math.max(this.#publishedAt + Math.min(size, spacingMax), inStep ? 0 : this.#changedAt + spacingMax)
    return Math.max(0, at - performance.now())
  }

  published(): void {
    this.#changedAt = undefined
    this.#publishedAt = performance.now()
  }

  /** All that was heard of is published: what comes now has another cause. */
  settle(): void {
    if (this.#changedAt === undefined) this.#news = undefined
  }

  cause(nameOf: (event: EngineEvent) => string): Cause {
    if (this.#news === undefined) return { what: 'list', at: Date.now() }
    const { latest, count } = this.#news
    const what = `${latest.kind} ${nameOf(latest)}`
    return { what: count === 1 ? what : `${what} and ${count - 1} more`, at: latest.at }
  }
}
