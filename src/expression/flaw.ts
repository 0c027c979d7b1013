/** What is wrong with something the user wrote, as a value. */
export interface Flaw {
  /** Lower case, the offending text quoted: `unknown matcher "Hots"`. */
  readonly reason: string
  /** The way out: `did you mean "Host"?`; undefined when the reason says it. */
  readonly hint: string | undefined
}

export interface PlacedFlaw extends Flaw {
  /** Where in the text, 0-based, in JavaScript's string units. */
  readonly position: number
}
