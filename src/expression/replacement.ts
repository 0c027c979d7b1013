// Replacement texts of regular expressions: Go's templates (regexp.Expand), as Traefik's users write them.
import type { Flaw } from './flaw.ts'

/** Literal text, or the group to put in: its number or its name. */
export type Replacement = readonly (string | { readonly group: number | string })[]

// The result may hold it once per match, so its length counts times thousands.
const replacementLengthMax = 1024
// `$name` takes the longest name: `$1x` is the group "1x", not group 1 and "x".
const reference = /\$(?:(?<dollar>\$)|(?<bare>[\p{L}\p{Nd}_]+)|\{(?<braced>[\p{L}\p{Nd}_]+)\})/gu

/** A `$` that begins no `$1`, `$name`, `${1}`, `${name}` or `$$` stands for itself. */
export function parseReplacement(text: string): Replacement | Flaw {
  if (text.length > replacementLengthMax) {
    const reason = `the replacement is ${text.length} characters long; the limit is ${replacementLengthMax}`
    return { reason, hint: undefined }
  }
  const parts: (string | { group: number | string })[] = []
  let end = 0
  for (const match of text.matchAll(reference)) {
    const { dollar, bare, braced } = match.groups ?? {}
    const name = bare ?? braced ?? ''
    parts.push(text.slice(end, match.index), dollar ?? { group: isNumber(name) ? Number(name) : name })
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  return parts.filter((part) => part !== '')
}

/** With a leading zero, or too large for Go, it is a name. */
function isNumber(name: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(name)
}
