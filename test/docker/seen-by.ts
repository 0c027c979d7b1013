// What a `muster whoami` says it saw.
import type { Seen } from '../../src/cli/whoami.ts'
import type { Answer } from '../support/visitor.ts'

/** Throws, naming the answer, when it is not one of whoami's. */
export function seenBy(answer: Answer): Seen {
  try {
    return JSON.parse(answer.body) as Seen
  } catch (cause) {
    throw new Error(`not an answer of whoami: ${answer.status} ${answer.body.slice(0, 200)}`, { cause })
  }
}
