// The `.env` file beside a compose file. Values may name variables set above them; single quotes keep them as they are.
import { interpolate } from './interpolate.ts'
import type { Lookup } from './interpolate.ts'

const assignment =
  /^[^\S\n]*(?:export[^\S\n]+)?([\p{L}\p{N}_.]+)[^\S\n]*[=:][^\S\n]*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\n]*))/gmu

/** What `lookup` knows wins over the file, as the environment does for compose. */
export function parseDotenv(text: string, lookup: Lookup): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  const known: Lookup = (name) => lookup(name) ?? variables.get(name)
  for (const [, name = '', single, double, bare] of text.replaceAll('\r\n', '\n').matchAll(assignment)) {
    const value = single ?? interpolate(double === undefined ? unquoted(bare ?? '') : unescaped(double), known).text
    variables.set(name, lookup(name) ?? value)
  }
  return variables
}

function unquoted(text: string): string {
  return text.replace(/(?:^|\s)#.*$/s, '').trimEnd()
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character)
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', $: '$$' }
