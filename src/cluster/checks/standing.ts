// What a row of passed and failed checks makes of a member: down until it has passed `rise` times in a row, up until it
// has failed `fall` times in a row.

export interface Standing {
  readonly up: boolean
  /** The latest checks that speak against it, in a row. */
  readonly against: number
}

/** Before the first check: nothing is known, so it takes no requests. */
export const unproven: Standing = { up: false, against: 0 }

export function nextStanding(
  { up, against }: Standing,
  passed: boolean,
  { rise, fall }: { readonly rise: number; readonly fall: number },
): Standing {
  if (passed === up) return { up, against: 0 }
  if (against + 1 >= (up ? fall : rise)) return { up: passed, against: 0 }
  return { up, against: against + 1 }
}
