// Text of an httpd configuration → its lines, as Apache splits them into words.

export interface Line {
  /** Where it begins, from 1. */
  readonly number: number
  /** As written, continued lines joined. */
  readonly text: string
}

/** Without comments and empty lines. A `\` at the end continues a line, a comment too. */
export function readLines(text: string): readonly Line[] {
  const lines: Line[] = []
  let begun: { number: number; text: string } | undefined
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = begun ?? { number: index + 1, text: '' }
    const isContinued = raw.endsWith('\\')
    line.text += isContinued ? raw.slice(0, -1) : raw
    begun = isContinued ? line : undefined
    if (!isContinued) lines.push({ number: line.number, text: line.text.trim() })
  }
  if (begun !== undefined) lines.push({ number: begun.number, text: begun.text.trim() })
  return lines.filter(({ text }) => text !== '' && !text.startsWith('#'))
}

/** Quotes of both kinds; in them `\` escapes the quote and itself. A quote that is never closed takes the rest. */
export function readWords(text: string): readonly string[] {
  const words: string[] = []
  for (const [, double, single, bare] of text.matchAll(
    /"((?:[^"\\]|\\.?)*)(?:"|$)|'((?:[^'\\]|\\.?)*)(?:'|$)|([^\s"']\S*)/g,
  )) {
    words.push(bare ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? single?.replaceAll(/\\(['\\])/g, '$1') ?? '')
  }
  return words
}
