// Two compose trees → one, as compose puts files, and services that extend others, together: mappings by key, lists one
// after the other, scalars by the later. Some options are special.
import { keyValues } from './key-values.ts'
import type { ComposeNode, MappingEntry, MappingNode, SequenceNode } from './tree.ts'

type Merge = (base: ComposeNode, over: ComposeNode) => ComposeNode

/** By path, `*` for a name; what is not here merges by its form. */
const special: Readonly<Record<string, Merge>> = {
  'services.*.labels': mergeKeyValues,
  'services.*.deploy.labels': mergeKeyValues,
  'services.*.annotations': mergeKeyValues,
  'services.*.environment': mergeKeyValues,
  'services.*.networks': mergeNames,
  'services.*.depends_on': mergeNames,
  'services.*.command': replace,
  'services.*.entrypoint': replace,
  'services.*.healthcheck.test': replace,
  'services.*.ports': mergeDistinct,
  'services.*.expose': mergeDistinct,
  'services.*.profiles': mergeDistinct,
}

/** @param path of the two nodes, `services.web` */
export function mergeTrees(base: ComposeNode, over: ComposeNode, path: readonly string[] = []): ComposeNode {
  if (over.tag === 'override') return over
  const [section, , ...option] = path
  const merge = special[[section, '*', ...option].join('.')]
  if (merge !== undefined) return merge(base, over)
  if (over.kind === 'scalar' && over.isNull) return base
  if (base.kind === 'mapping' && over.kind === 'mapping') return mergeMappings(base, over, path)
  if (base.kind === 'sequence' && over.kind === 'sequence') return appended(base, over)
  return over
}

function mergeMappings(base: MappingNode, over: MappingNode, path: readonly string[]): MappingNode {
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries) {
    const before = entries.get(key)
    if (entry.value.tag === 'reset') entries.delete(key)
    else if (before === undefined) entries.set(key, entry)
    else entries.set(key, { ...entry, value: mergeTrees(before.value, entry.value, [...path, key]) })
  }
  return { ...base, entries }
}

/** What is tagged `!reset` in a tree that nothing stands below of is as if it were not written. */
export function withoutResets(node: ComposeNode): ComposeNode {
  if (node.kind === 'sequence') return { ...node, items: node.items.map(withoutResets) }
  if (node.kind === 'scalar') return node
  const kept = [...node.entries].filter(([, { value }]) => value.tag !== 'reset')
  return {
    ...node,
    entries: new Map(kept.map(([key, entry]) => [key, { ...entry, value: withoutResets(entry.value) }])),
  }
}

function appended(base: SequenceNode, over: SequenceNode): SequenceNode {
  return { ...base, items: [...base.items, ...over.items] }
}

function replace(_base: ComposeNode, over: ComposeNode): ComposeNode {
  return over
}

function mergeKeyValues(base: ComposeNode, over: ComposeNode): ComposeNode {
  return mapping(base, [...keyValues(base), ...keyValues(over)])
}

/** Networks and dependencies: a list of names is a mapping without options. */
function mergeNames(base: ComposeNode, over: ComposeNode): ComposeNode {
  const before = namesOf(base)
  const entries = new Map(before)
  for (const [name, entry] of namesOf(over)) {
    const known = before.get(name)
    entries.set(name, known === undefined ? entry : { ...entry, value: mergeTrees(known.value, entry.value) })
  }
  return mapping(base, [...entries])
}

function namesOf(node: ComposeNode): ReadonlyMap<string, MappingEntry> {
  if (node.kind === 'mapping') return node.entries
  const items = node.kind === 'sequence' ? node.items : []
  return new Map(
    items.flatMap((item) =>
      item.kind === 'scalar'
        ? [[item.text, { keyPosition: item.position, value: { ...item, text: '', isNull: true } }] as const]
        : [],
    ),
  )
}

/** Lists in which an entry that is said again counts once. */
function mergeDistinct(base: ComposeNode, over: ComposeNode): ComposeNode {
  if (base.kind !== 'sequence' || over.kind !== 'sequence') return over
  const items = new Map(appended(base, over).items.map((item) => [identity(item), item]))
  return { ...base, items: [...items.values()] }
}

/** The same text for nodes that say the same, wherever they stand. */
export function identity(node: ComposeNode): string {
  if (node.kind === 'scalar') return JSON.stringify(node.isNull ? null : node.text)
  if (node.kind === 'sequence') return `[${node.items.map(identity).join()}]`
  const entries = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}:${identity(value)}`)
  return `{${entries.sort().join()}}`
}

function mapping(at: ComposeNode, entries: readonly (readonly [string, MappingEntry])[]): MappingNode {
  return { kind: 'mapping', position: at.position, tag: undefined, entries: new Map(entries) }
}
