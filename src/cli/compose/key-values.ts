// Options that compose takes as a mapping or as a list of `key=value`: labels, environment.
import type { ComposeNode, MappingEntry, ScalarNode } from './tree.ts'

/** The mapping either form means; a key said twice in a list has its last value. */
export function keyValues(node: ComposeNode | undefined): ReadonlyMap<string, MappingEntry> {
  if (node?.kind === 'mapping') return node.entries
  const entries = new Map<string, MappingEntry>()
  if (node?.kind !== 'sequence') return entries
  for (const item of node.items) {
    if (item.kind !== 'scalar') continue
    const { key, value } = split(item)
    entries.set(key, { keyPosition: item.position, value })
  }
  return entries
}

function split(item: ScalarNode): { readonly key: string; readonly value: ScalarNode } {
  const equals = item.text.indexOf('=')
  if (equals === -1) return { key: item.text, value: { ...item, text: '', isNull: true } }
  // A quote before the text counts, a variable in the key may have had another length.
  const [firstLine = ''] = item.written.split('\n')
  const { position } = item
  const column = position.column + Math.max(firstLine.indexOf('=') + 1, 0)
  return {
    key: item.text.slice(0, equals),
    value: { ...item, text: item.text.slice(equals + 1), position: { ...position, column } },
  }
}
