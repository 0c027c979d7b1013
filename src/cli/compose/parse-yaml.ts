// Text of a compose file → tree: aliases and merge keys resolved, variables put in, everything with its place.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Alias, Document, Node, Scalar, YAMLMap } from 'yaml'
import { interpolate } from './interpolate.ts'
import type { Lookup } from './interpolate.ts'
import type { ComposeNode, MappingEntry, MergeTag, Position, ReportProblem, ScalarNode } from './tree.ts'

/** Values one file may have, aliases followed; more is a document made to explode. */
const nodesMax = 200_000
/** Levels of one value in another: bounds the recursion here and in whoever walks the tree. */
const depthMax = 100

export interface YamlFile {
  readonly path: string
  readonly text: string
  readonly lookup: Lookup
}

/** One tree per document in the file; none when it cannot be read, which is reported. */
export function parseComposeYaml(file: YamlFile, report: ReportProblem): readonly ComposeNode[] {
  const lineCounter = new LineCounter()
  try {
    const parsed = parseAllDocuments(file.text, {
      lineCounter,
      prettyErrors: false,
      intAsBigInt: true,
      logLevel: 'error',
    })
    const documents = Array.isArray(parsed) ? parsed : []
    const errors = documents.flatMap((document) => document.errors)
    for (const { pos, message } of errors) {
      const { line, col } = lineCounter.linePos(pos[0])
      const position = { file: file.path, line, column: col }
      report({ severity: 'fatal', position, reason: firstLine(message), hint: undefined })
    }
    if (errors.length > 0) return []
    return documents.flatMap((document) => {
      const { contents } = document
      return contents === null ? [] : new Reader(file, lineCounter, document, report).read(contents)
    })
  } catch (error) {
    // Nested without end (the parser's own recursion too), or aliases that multiply.
    const reason = error instanceof RangeError ? 'is nested too deeply' : firstLine((error as Error).message)
    report({ severity: 'fatal', position: { file: file.path, line: 1, column: 1 }, reason, hint: undefined })
    return []
  }
}

function firstLine(message: string): string {
  const [line = ''] = message.split('\n')
  return line.charAt(0).toLowerCase() + line.slice(1)
}

/** Lives for one document. */
class Reader {
  readonly #file: YamlFile
  readonly #lines: LineCounter
  readonly #document: Document
  readonly #report: ReportProblem
  #nodes = 0
  #depth = 0

  constructor(file: YamlFile, lines: LineCounter, document: Document, report: ReportProblem) {
    this.#file = file
    this.#lines = lines
    this.#document = document
    this.#report = report
  }

  read(node: Node | null): ComposeNode {
    if (++this.#nodes > nodesMax) throw new Error(`holds more than ${nodesMax} values`)
    if (++this.#depth > depthMax) throw new Error(`is nested deeper than ${depthMax} levels`)
    const read = this.#read(node)
    this.#depth--
    return read
  }

  #read(node: Node | null): ComposeNode {
    if (isAlias(node)) return this.#aliased(node)
    const tag = mergeTag(node)
    if (isMap(node)) return { kind: 'mapping', position: this.#at(node), tag, entries: this.#entries(node) }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item as Node | null))
      return { kind: 'sequence', position: this.#at(node), tag, items }
    }
    return this.#scalar(node, tag)
  }

  #aliased(alias: Alias): ComposeNode {
    const target = alias.resolve(this.#document)
    if (target !== undefined) return this.read(target)
    const position = this.#at(alias)
    this.#report({ severity: 'fatal', position, reason: `there is no anchor "${alias.source}" above`, hint: undefined })
    return emptyAt(position)
  }

  /** What a merge key brings in stands behind what is written beside it, and an earlier merged mapping before a later. */
  #entries(map: YAMLMap): ReadonlyMap<string, MappingEntry> {
    const own = new Map<string, MappingEntry>()
    const merged: ReadonlyMap<string, MappingEntry>[] = []
    for (const { key, value } of map.items) {
      const node = value as Node | null
      if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') merged.push(...this.#merged(node))
      else {
        const keyPosition = this.#at(key as Node)
        const read = node === null ? emptyAt(keyPosition) : this.read(node)
        own.set(isScalar(key) ? String(key.value) : '', { keyPosition, value: read })
      }
    }
    if (merged.length === 0) return own
    const all = new Map(merged.toReversed().flatMap((entries) => [...entries]))
    for (const [key, entry] of own) all.set(key, entry)
    return all
  }

  #merged(node: Node | null): readonly ReadonlyMap<string, MappingEntry>[] {
    if (isSeq(node)) return node.items.flatMap((item) => this.#merged(item as Node | null))
    const read = this.read(node)
    return read.kind === 'mapping' ? [read.entries] : []
  }

  #scalar(node: Scalar | null, tag: MergeTag): ScalarNode {
    const position = this.#at(node)
    if (node === null || node.value === null || node.value === undefined) return { ...emptyAt(position), tag }
    const [start = 0, end = 0] = node.range ?? []
    const written = this.#file.text.slice(start, end)
    if (typeof node.value !== 'string') {
      return {
        kind: 'scalar',
        position,
        tag,
        text: `${node.value as number}`,
        isNull: false,
        written,
        substitutions: [],
      }
    }
    const { text, substitutions, errors } = interpolate(node.value, this.#file.lookup)
    const hint = 'write "$$" for a dollar sign'
    for (const reason of errors) {
      this.#report({ severity: 'error', position, reason, hint: reason.startsWith('"') ? hint : undefined })
    }
    return { kind: 'scalar', position, tag, text, isNull: false, written, substitutions }
  }

  #at(node: Node | null): Position {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0)
    return { file: this.#file.path, line, column: col }
  }
}

function emptyAt(position: Position): ScalarNode {
  return { kind: 'scalar', position, tag: undefined, text: '', isNull: true, written: '', substitutions: [] }
}

function mergeTag(node: Node | null): MergeTag {
  if (node?.tag === '!reset') return 'reset'
  return node?.tag === '!override' ? 'override' : undefined
}
