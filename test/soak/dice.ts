// Chance that a seed repeats. Every lane of traffic has dice of its own, so what one does never depends on another's pace.

export class Dice {
  #state: number

  constructor(seed: number, name: string) {
    this.#state = seed
    for (const character of name) this.#state = Math.imul(this.#state ^ character.charCodeAt(0), 0x01000193)
  }

  /** From 0, inclusive, to 1, exclusive (mulberry32). */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** Both ends inclusive. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.roll() * (to - from + 1))
  }

  /** Every order of magnitude as often as any other: mostly small, now and then large. */
  size(from: number, to: number): number {
    return Math.round(from * (to / from) ** this.roll())
  }

  chance(probability: number): boolean {
    return this.roll() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.roll() * items.length)] as Item
  }
}
