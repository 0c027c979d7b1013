// Links in an order. Each is put in or taken out at once, however many there are: an array moves all that follow, and a Map
// finds its first ever more slowly the more were taken before it.

/** In one chain at a time. */
export class Link<T> {
  readonly value: T
  before: Link<T> | undefined
  after: Link<T> | undefined

  constructor(value: T) {
    this.value = value
  }
}

export class Chain<T> {
  #first: Link<T> | undefined
  #last: Link<T> | undefined
  #length = 0

  get first(): T | undefined {
    return this.#first?.value
  }

  get last(): T | undefined {
    return this.#last?.value
  }

  get length(): number {
    return this.#length
  }

  append(link: Link<T>): void {
    link.before = this.#last
    link.after = undefined
    if (this.#last === undefined) this.#first = link
    else this.#last.after = link
    this.#last = link
    this.#length++
  }

  prepend(link: Link<T>): void {
    link.before = undefined
    link.after = this.#first
    if (this.#first === undefined) this.#last = link
    else this.#first.before = link
    this.#first = link
    this.#length++
  }

  /** It must be in this chain. */
  remove({ before, after }: Link<T>): void {
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    this.#length--
  }

  /** What was given last may be removed before the next. */
  *[Symbol.iterator](): Generator<T, void> {
    for (let link = this.#first; link !== undefined;) {
      const { value, after } = link
      yield value
      link = after
    }
  }
}
