// Compose files → one tree: each one interpolated, extended and with what it includes, then all put together.
import { dirname, resolve } from 'node:path'
import { parseDotenv } from './dotenv.ts'
import { applyExtends } from './extends.ts'
import type { Lookup } from './interpolate.ts'
import { identity, mergeTrees, withoutResets } from './merge-trees.ts'
import { parseComposeYaml } from './parse-yaml.ts'
import { child, entriesOf, itemsOf, textAt, textsAt } from './tree.ts'
import type { ComposeNode, MappingEntry, MappingNode, Position, ReportProblem } from './tree.ts'

export interface LoadContext {
  /** Undefined: there is no such file, or it cannot be read. */
  readonly readFile: (path: string) => string | undefined
  readonly lookup: Lookup
  /** Relative paths in the files start here: the first file's directory. */
  readonly directory: string
  readonly report: ReportProblem
  /** What asks for the files; undefined: the user. */
  readonly from?: Position
  /** Files that include these ones. */
  readonly includedBy: readonly string[]
}

/** Files that include one another need not end. */
const includesMax = 20

export function loadFiles(paths: readonly string[], context: LoadContext): MappingNode {
  let all = emptyTree(paths[0] ?? '')
  for (const path of paths) {
    const from = context.from ?? { file: path, line: 1, column: 1 }
    for (const tree of read(path, from, context)) {
      const services = applyExtends(entriesOf(child(tree, 'services')), {
        file: path,
        directory: context.directory,
        servicesOf: (other, { position }) => servicesOf(other, position, context),
        report: context.report,
      })
      const extended = withEntry(tree, 'services', services)
      const complete = included(extended, path, context)
      const merged = mergeTrees(all, complete)
      if (merged.kind === 'mapping') all = merged
    }
  }
  return withoutResets(all) as MappingNode
}

function read(path: string, from: Position, { readFile, lookup, report }: LoadContext): readonly MappingNode[] {
  const text = readFile(path)
  if (text === undefined) {
    const reason = 'cannot be read: there is no file there, or no right to read it'
    const named = from.file === path ? reason : `${path} ${reason}`
    report({ severity: 'fatal', position: from, reason: named, hint: undefined })
    return []
  }
  const trees = parseComposeYaml({ path, text, lookup }, report)
  return trees.flatMap((tree) => {
    if (tree.kind === 'mapping') return tree
    if (tree.kind === 'scalar' && tree.isNull) return []
    const hint = 'it begins with "services:"'
    report({ severity: 'fatal', position: tree.position, reason: 'is not a compose file', hint })
    return []
  })
}

function servicesOf(path: string, from: Position, context: LoadContext): ReadonlyMap<string, MappingEntry> | undefined {
  const trees = read(path, from, context)
  return trees.length === 0 ? undefined : new Map(trees.flatMap((tree) => [...entriesOf(child(tree, 'services'))]))
}

/** Adds what the file includes: whole projects, each with its own directory and variables. */
function included(tree: MappingNode, path: string, context: LoadContext): MappingNode {
  let all = tree
  for (const wish of itemsOf(child(tree, 'include'))) {
    const paths = wish.kind === 'scalar' ? [wish.text] : textsAt(wish, 'path')
    const [first = '', ...overrides] = paths.map((other) => resolve(context.directory, other))
    const includedBy = [...context.includedBy, path]
    if (includedBy.includes(first) || includedBy.length > includesMax) {
      const reason = `${first} includes itself`
      context.report({ severity: 'error', position: wish.position, reason, hint: undefined })
      continue
    }
    const directory = resolve(context.directory, textAt(wish, 'project_directory') ?? dirname(first))
    const envFiles = textsAt(wish, 'env_file').map((file) => resolve(context.directory, file))
    const lookup = withEnvFiles(envFiles.length > 0 ? envFiles : [resolve(directory, '.env')], context)
    all = imported(
      all,
      loadFiles([first, ...overrides], { ...context, lookup, directory, includedBy, from: wish.position }),
      context.report,
    )
  }
  return all
}

/** The variables of the files, below what is known already. */
export function withEnvFiles(
  paths: readonly string[],
  { lookup, readFile }: Pick<LoadContext, 'lookup' | 'readFile'>,
): Lookup {
  const variables = new Map(paths.flatMap((path) => [...parseDotenv(readFile(path) ?? '', lookup)]))
  return (name) => lookup(name) ?? variables.get(name)
}

function imported(tree: MappingNode, from: MappingNode, report: ReportProblem): MappingNode {
  let all = tree
  for (const section of ['services', 'networks']) {
    const entries = new Map(entriesOf(child(all, section)))
    for (const [name, entry] of entriesOf(child(from, section))) {
      const known = entries.get(name)
      if (known === undefined) entries.set(name, entry)
      else if (identity(known.value) !== identity(entry.value)) {
        const reason = `${section}.${name} is there already, and what is included differs`
        report({ severity: 'error', position: entry.keyPosition, reason, hint: undefined })
      }
    }
    all = withEntry(all, section, entries)
  }
  return all
}

function withEntry(tree: MappingNode, key: string, entries: ReadonlyMap<string, MappingEntry>): MappingNode {
  if (entries.size === 0) return tree
  const before = tree.entries.get(key)
  const at = { keyPosition: before?.keyPosition ?? tree.position, position: before?.value.position ?? tree.position }
  const value: ComposeNode = { kind: 'mapping', position: at.position, tag: before?.value.tag, entries }
  return { ...tree, entries: new Map([...tree.entries, [key, { keyPosition: at.keyPosition, value }]]) }
}

function emptyTree(file: string): MappingNode {
  return { kind: 'mapping', position: { file, line: 1, column: 1 }, tag: undefined, entries: new Map() }
}
