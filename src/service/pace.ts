// How fast those who waited are let go. A member that has just come must not be run over by them, and a line that empties
// more slowly than others join it would never end.

/** Under way at a time, at first: each one that is over makes room for the next. */
const widthMin = 32
/** And at last. */
const widthMax = 1024
/** By which that grows with every look in which somebody is there and others still wait: twice as much each second. */
const growth = 1.04
/** Under way for so many looks, a request makes room as well: it may be a stream that never ends. */
const roomAfter = 5
/** Between two looks, so that the thread has time for others. */
const startsMax = 500

export class Pace {
  /** Those that take room, oldest first, and the look after which they were let go. */
  readonly #underWay = new Map<object, number>()
  #looks = 0
  #starts = 0
  #width = widthMin
  #isThere = false

  get isIdle(): boolean {
    return this.#underWay.size === 0
  }

  /** One more may go. */
  get hasRoom(): boolean {
    return this.#isThere && this.#underWay.size < this.#width && this.#starts < startsMax
  }

  /** One may try whether there is anybody. `sure`: there is; who else tries waits for somebody in vain. */
  mayTry(sure: boolean): boolean {
    return this.isIdle || (sure && !this.#isThere)
  }

  start(who: object): void {
    this.#underWay.set(who, this.#looks)
    this.#starts++
  }

  /** It is over. */
  end(who: object): void {
    this.#underWay.delete(who)
  }

  found(): void {
    this.#isThere = true
  }

  /** There was nobody for it after all. */
  missed(who: object): void {
    this.end(who)
    this.#isThere = false
    this.#width = Math.max(widthMin, this.#width / 2)
  }

  /** `others`: wait. */
  look(others: boolean): void {
    this.#looks++
    this.#starts = 0
    if (!this.#isThere) return
    for (const [who, since] of this.#underWay) {
      if (since + roomAfter > this.#looks) break
      this.#underWay.delete(who)
    }
    if (others) this.#width = Math.min(widthMax, this.#width * growth)
  }
}
