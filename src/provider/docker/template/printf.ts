// printf: Go's verbs for texts, numbers and what there is. Widths, flags and the other verbs say that they are not there.
import { piecesOf, quoted, textOf, typeOf, Written } from './value.ts'
import type { Piece, Value } from './value.ts'

/** The text, or why there is none. */
export function printf(format: Value, args: readonly Value[]): Written | { readonly reason: string } {
  const pattern = textOf(format)
  if (pattern === undefined) return { reason: `the format of printf is ${typeOf(format)}, not a text` }
  // A format that a container brought along has no more rights than its values.
  const kind = format instanceof Written && format.pieces.every((piece) => piece.kind === 'text') ? 'text' : 'value'
  const pieces: Piece[] = []
  let next = 0
  for (const [found] of pattern.matchAll(/%.?|[^%]+/gsu)) {
    if (!found.startsWith('%')) pieces.push({ kind, text: found })
    else if (found === '%%') pieces.push({ kind, text: '%' })
    else {
      if (next === args.length) return { reason: `printf has no value for "${found}"` }
      const printed = print(found, args[next++])
      if (printed === undefined) return { reason: `printf cannot print ${typeOf(args[next - 1])} as "${found}"` }
      pieces.push(...printed)
    }
  }
  if (next < args.length) return { reason: `printf has ${args.length} values for ${next} verbs` }
  return new Written(pieces)
}

function print(verb: string, value: Value): readonly Piece[] | undefined {
  const text = textOf(value)
  if (verb === '%v') return piecesOf(value)
  if (verb === '%s') return text === undefined ? undefined : piecesOf(value)
  if (verb === '%q') return text === undefined ? undefined : [quoted(text)]
  return verb === '%d' && Number.isInteger(value) ? piecesOf(value) : undefined
}
