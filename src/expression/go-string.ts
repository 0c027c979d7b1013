// Go's string literals, which is what rules are written with: `raw` in backticks, "interpreted" in double quotes
// (Go specification, "String literals").

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
])

// Plain text, an escape, or a backslash that begins neither.
const piece =
  /[^\\]+|\\(?:(?<simple>[abfnrtv\\"])|x(?<hex>[\da-fA-F]{2})|(?<octal>[0-3][0-7]{2})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8}))|\\/g

export type Unquoted =
  | { readonly ok: true; readonly value: string }
  /** `offset`: where the bad escape begins. */
  | { readonly ok: false; readonly offset: number }

/** What stands between double quotes, interpreted. `\xHH` and `\ooo` are bytes, of which several may make one character. */
export function unquote(text: string): Unquoted {
  const chunks: Buffer[] = []
  for (const match of text.matchAll(piece)) {
    const bytes = decodePiece(match[0], match.groups ?? {})
    if (bytes === undefined) return { ok: false, offset: match.index }
    chunks.push(bytes)
  }
  return { ok: true, value: Buffer.concat(chunks).toString() }
}

function decodePiece(text: string, groups: Readonly<Record<string, string | undefined>>): Buffer | undefined {
  const { simple, hex, octal, short, long } = groups
  if (simple !== undefined) return Buffer.from(simpleEscapes.get(simple) ?? '')
  if (hex !== undefined) return Buffer.of(Number.parseInt(hex, 16))
  if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8))
  const codePoint = short ?? long
  if (codePoint === undefined) return text === '\\' ? undefined : Buffer.from(text)
  return encodeCodePoint(Number.parseInt(codePoint, 16))
}

function encodeCodePoint(codePoint: number): Buffer | undefined {
  if (codePoint > 0x10_ff_ff) return undefined
  const text = String.fromCodePoint(codePoint)
  return text.isWellFormed() ? Buffer.from(text) : undefined
}

/** The shortest literal that reads well: raw if the text can stand in backticks, else interpreted. */
export function quote(text: string): string {
  // Go drops carriage returns from raw strings.
  if (!/[`\r]/.test(text)) return `\`${text}\``
  // oxlint-disable-next-line no-control-regex -- control characters are what must not stand there as they are
  return `"${text.replaceAll(/[\\"\x00-\x1f\x7f]/g, escapeCharacter)}"`
}

function escapeCharacter(character: string): string {
  if (character === '\\' || character === '"') return `\\${character}`
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
