// Names, values and remarks → YAML nodes, with each remark as a comment beside what it is about.
import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { Node } from 'yaml'
import type { Value } from './piece.ts'
import type { Remark } from './remark.ts'

/** `apache.conf:12: …`, with the severity where it is a mistake. */
export type Comment = (remark: Remark) => string

export function commentText(remarks: readonly Remark[], comment: Comment): string | undefined {
  if (remarks.length === 0) return undefined
  const inOrder = remarks.toSorted((a, b) => a.line - b.line)
  return inOrder.map((remark) => ` ${comment(remark)}`).join('\n')
}

export function nodeOf(value: Value): Node {
  if (value instanceof Map) {
    const map = new YAMLMap()
    for (const [key, item] of value as ReadonlyMap<string, Value>) addPair(map, key, nodeOf(item))
    return map
  }
  if (!Array.isArray(value)) return new Scalar(value)
  const list = new YAMLSeq()
  list.items = value.map(nodeOf)
  list.flow = value.every((item) => typeof item !== 'object')
  return list
}

export function addPair(map: YAMLMap, name: string, value: Node, comment?: string): void {
  const key = new Scalar(name)
  if (comment !== undefined) key.commentBefore = comment
  map.items.push(new Pair(key, value))
}

export function yamlText(root: YAMLMap, heading: string): string {
  const document = new Document(root)
  document.commentBefore = heading
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
