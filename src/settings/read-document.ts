// Text of a configuration file → tree, and where in the file each option stands.
import { parse as parseToml, TomlError } from 'smol-toml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, Node } from 'yaml'
import { documentTree } from '../labels/document-tree.ts'
import type { Report } from '../labels/finding.ts'
import type { Branch } from '../labels/tree.ts'
import { notYet } from './not-yet.ts'
import { SettingsError } from './settings-error.ts'

export interface ReadDocument {
  readonly tree: Branch
  /** What goes before a message about this option: `traefik.yml:3:5: `, of a TOML file its path alone. */
  readonly placeOf: (field: string) => string
}

/** Anchors may be used this often; more is a document made to explode. */
const aliasesMax = 100

/** YAML (JSON is that, too) unless the path ends in `.toml`. Throws a SettingsError where the text is neither. */
export function readDocument(path: string, text: string, report: Report): ReadDocument {
  const isToml = path.toLowerCase().endsWith('.toml')
  const { document, placeOf } = isToml ? readToml(path, text) : readYaml(path, text)
  const tree = documentTree(document, report) as Branch
  leaveOutStrangers(tree, report)
  return { tree, placeOf }
}

/** Sections Traefik passes over at the top of this file: dynamic configuration, and places to keep anchors in. */
function leaveOutStrangers(tree: Branch, report: Report): void {
  for (const [key, { field }] of tree.children) {
    const isDynamic = ['http', 'tcp', 'udp', 'tls'].includes(key)
    if (isDynamic || key.startsWith('x-')) tree.children.delete(key)
    if (!isDynamic) continue
    report({ what: 'ignored', severity: 'warning', field, object: undefined, reason: notYet.dynamic, hint: undefined })
  }
}

function readToml(path: string, text: string): { document: unknown; placeOf: ReadDocument['placeOf'] } {
  try {
    return { document: parseToml(text, { integersAsBigInt: 'asNeeded' }), placeOf: () => `${path}: ` }
  } catch (error) {
    const place = error instanceof TomlError ? `${path}:${error.line}:${error.column}` : path
    throw unreadable(place, error)
  }
}

function readYaml(path: string, text: string): { document: unknown; placeOf: ReadDocument['placeOf'] } {
  const lines = new LineCounter()
  // `<<` merges as it does for Traefik's parser; a priority may be past 2^53.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, intAsBigInt: true })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const [error] = document.errors
  if (error?.code === 'MULTIPLE_DOCS')
    throw unreadable(at(error.pos[0]), new Error('a second document begins here; keep one'))
  if (error !== undefined) throw unreadable(at(error.pos[0]), error)
  try {
    const offsetOf = (field: string): number => offsetIn(document, field)
    return { document: document.toJS({ maxAliasCount: aliasesMax }), placeOf: (field) => `${at(offsetOf(field))}: ` }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** As deep as the field can be followed: what came through `<<` is found where it was merged. */
function offsetIn(document: Document, field: string): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  let rest = field
  while (rest !== '' && node !== null) {
    if (isAlias(node)) node = (node.resolve(document) as Node | undefined) ?? null
    const step: Step | undefined = stepInto(node, rest)
    if (step === undefined) break
    ;({ node, offset, rest } = step)
  }
  return offset
}

interface Step {
  readonly node: Node | null
  readonly offset: number
  readonly rest: string
}

function stepInto(node: Node | null, field: string): Step | undefined {
  if (isSeq(node)) {
    const [whole, index = ''] = /^\[(\d+)\]\.?/.exec(field) ?? []
    const item = node.items[Number(index)] as Node | undefined
    if (whole === undefined || item === undefined) return undefined
    return { node: item, offset: item.range?.[0] ?? 0, rest: field.slice(whole.length) }
  }
  if (!isMap<Node, Node | null>(node)) return undefined
  // A key may hold dots: the longest that fits is the one.
  const steps = node.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : undefined
    const follows = name === undefined ? undefined : field.slice(name.length)
    const fits =
      name !== undefined && field.toLowerCase().startsWith(name.toLowerCase()) && /^$|^[.[]/.test(follows ?? '')
    return fits ? [{ node: value, offset: key.range?.[0] ?? 0, rest: (follows ?? '').replace(/^\./, '') }] : []
  })
  return steps.sort((a, b) => a.rest.length - b.rest.length)[0]
}

function unreadable(place: string, error: unknown): SettingsError {
  const [line = ''] = (error as Error).message.replace(/^Invalid TOML document: /, '').split('\n')
  return new SettingsError('unreadable-file', `${place}: ${line.charAt(0).toLowerCase()}${line.slice(1)}`)
}
