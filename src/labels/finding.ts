// What decoding has to say about a configuration text: the parts of a Problem it can know, and of which sort it is.
import type { Problem } from '../model/problem.ts'

/** A Problem without the place it was found in; whoever knows the container or file adds `provider` and `source`. */
export type LabelProblem = Omit<Problem, 'provider' | 'source'>

export interface Finding extends LabelProblem {
  readonly what:
    | 'unknown' // no such field
    | 'value' // a value that cannot be read
    | 'shape' // a value where fields belong, or the reverse
    | 'path' // a label whose path or size cannot be read
    | 'unsupported' // Traefik has it, Muster does not run it yet
    | 'ignored' // accepted without effect, on purpose
}

export type Report = (finding: Finding) => void

export function problemOf({ severity, field, object, reason, hint }: Finding): LabelProblem {
  return { severity, field, object, reason, hint }
}

/** A user's text inside a message: quoted, on one line, never longer than a line. */
export function quote(text: string): string {
  return `"${shown(text)}"`
}

/**
 * The same without quotes, for a place. JSON leaves out of its escapes what steers a terminal (C1, DEL) or turns the
 * reading direction around.
 */
export function shown(text: string): string {
  const cut = text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text
  return JSON.stringify(cut)
    .slice(1, -1)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
}

const shownLengthMax = 100
