// Below names that the user is free to choose.
import type { FreeValue } from './schema.ts'
import { isIndex } from './tree.ts'
import type { Tree } from './tree.ts'

/** What has a value below a place, each under all the names that lead there: a domain. */
export function* dottedEntries(tree: Tree, path = ''): Iterable<Tree> {
  for (const child of tree.children.values()) {
    const name = `${path}${child.name}`
    if (child.text !== undefined) yield { ...child, name, children: new Map() }
    yield* dottedEntries(child, `${name}.`)
  }
}

/** What a plugin wants: names and values, nested as they are. */
export function freeValue({ text = '', children }: Tree): FreeValue {
  if (children.size === 0) return text
  const items = [...children.values()]
  if (items.every(({ name }) => isIndex(name))) return items.map(freeValue)
  return new Map(items.map((child) => [child.name, freeValue(child)]))
}
