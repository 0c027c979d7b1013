// A compose file as values that know where they were written.

/** 1-based, as editors count. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type ComposeNode = ScalarNode | MappingNode | SequenceNode

/** `!reset` takes away what earlier files said, `!override` replaces it instead of adding to it. */
export type MergeTag = 'reset' | 'override' | undefined

interface Placed {
  readonly position: Position
  readonly tag: MergeTag
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar'
  /** As text, after interpolation: `true`, `80`; null is empty. */
  readonly text: string
  readonly isNull: boolean
  /** As it stands in the file, quotes included. */
  readonly written: string
  readonly substitutions: readonly Substitution[]
}

export interface MappingNode extends Placed {
  readonly kind: 'mapping'
  readonly entries: ReadonlyMap<string, MappingEntry>
}

export interface MappingEntry {
  readonly keyPosition: Position
  readonly value: ComposeNode
}

export interface SequenceNode extends Placed {
  readonly kind: 'sequence'
  readonly items: readonly ComposeNode[]
}

/** A variable that interpolation put in. */
export interface Substitution {
  /** `$apr1`, `${DOMAIN}`. */
  readonly written: string
  readonly name: string
  /** Nothing says what it is, so nothing was put in. */
  readonly unset: boolean
}

/** What is wrong with the files as compose files; `fatal`: one of them cannot be read at all. */
export interface ComposeProblem {
  readonly severity: 'fatal' | 'error' | 'warning'
  readonly position: Position
  readonly reason: string
  readonly hint: string | undefined
}

export type ReportProblem = (problem: ComposeProblem) => void

/** The value at a path of keys; undefined where there is none. */
export function child(node: ComposeNode | undefined, ...keys: readonly string[]): ComposeNode | undefined {
  let at = node
  for (const key of keys) at = at?.kind === 'mapping' ? at.entries.get(key)?.value : undefined
  return at
}

/** Undefined also for null and for what is not a scalar. */
export function textAt(node: ComposeNode | undefined, ...keys: readonly string[]): string | undefined {
  const found = child(node, ...keys)
  return found?.kind === 'scalar' && !found.isNull ? found.text : undefined
}

export function entriesOf(node: ComposeNode | undefined): ReadonlyMap<string, MappingEntry> {
  return node?.kind === 'mapping' ? node.entries : noEntries
}

export function itemsOf(node: ComposeNode | undefined): readonly ComposeNode[] {
  return node?.kind === 'sequence' ? node.items : []
}

const noEntries: ReadonlyMap<string, MappingEntry> = new Map()

/** A text or a list of them, as many options of compose may be written. */
export function textsAt(node: ComposeNode | undefined, ...keys: readonly string[]): readonly string[] {
  const found = child(node, ...keys)
  if (found?.kind === 'scalar') return found.isNull ? [] : [found.text]
  return itemsOf(found).flatMap((item) => (item.kind === 'scalar' ? item.text : []))
}
