// How an exchange ended, as the client sees it.

export interface Outcome {
  /**
   * The status of an answer that is whole, and the client's own; `cut`: the connection broke before it was; `timeout`: the
   * client gave up; `wrong`: it is not what the member said, or not the client's.
   */
  readonly name: string
  /** For people; may be empty. */
  readonly detail: string
}

export function whole(status: number): Outcome {
  return { name: String(status), detail: '' }
}

export function cut(detail: string): Outcome {
  return { name: 'cut', detail }
}

export function wrong(detail: string): Outcome {
  return { name: 'wrong', detail }
}

export const timeout: Outcome = { name: 'timeout', detail: '' }
