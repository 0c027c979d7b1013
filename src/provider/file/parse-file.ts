// Text of a configuration file → the document in it, or where and why it is none.
import { parse as parseToml, TomlError } from 'smol-toml'
import { LineCounter, parseDocument } from 'yaml'

export type Parsed =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly reason: string }

/** Anchors may be used this often; more is a document made to explode. */
const aliasesMax = 100

/** Pure; never throws. Integers past 2^53, which a priority may be, come as bigint. */
export function parseFile(path: string, text: string): Parsed {
  return path.toLowerCase().endsWith('.toml') ? parseTomlText(text) : parseYamlText(text)
}

function parseYamlText(text: string): Parsed {
  const lineCounter = new LineCounter()
  // `<<` merges as it does for Traefik's parser.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true, intAsBigInt: true })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0])
    return { ok: false, line, column: col, reason: firstLine(error.message) }
  }
  try {
    return { ok: true, document: document.toJS({ maxAliasCount: aliasesMax, reviver: exactNumber }) }
  } catch (error) {
    return { ok: false, line: 1, column: 1, reason: firstLine((error as Error).message) }
  }
}

function parseTomlText(text: string): Parsed {
  try {
    return { ok: true, document: parseToml(text, { integersAsBigInt: 'asNeeded' }) }
  } catch (error) {
    if (!(error instanceof TomlError)) return { ok: false, line: 1, column: 1, reason: firstLine(String(error)) }
    const reason = firstLine(error.message).replace(/^Invalid TOML document: /, '')
    return { ok: false, line: error.line, column: error.column, reason }
  }
}

function exactNumber(_key: unknown, value: unknown): unknown {
  return typeof value === 'bigint' && BigInt(Number(value)) === value ? Number(value) : value
}

function firstLine(message: string): string {
  const [line = ''] = message.split('\n')
  return line.charAt(0).toLowerCase() + line.slice(1)
}
