// The form between text and schema: labels, flags and parsed documents all become this tree, and one decoder reads it.

export interface Tree {
  /** As the user spelled it; an element of a list is `[0]`, `[1]`, …. */
  readonly name: string
  /** The label, flag or document path it came from, for Problems; of a mere branch, the first one below it. */
  readonly field: string
  /** The value, undefined on a mere branch. */
  readonly text: string | undefined
  /** By name in lower case: names differ by more than case. A Map, so that `__proto__` is a name like any other. */
  readonly children: ReadonlyMap<string, Tree>
}

export interface Branch extends Tree {
  text: string | undefined
  field: string
  readonly children: Map<string, Branch>
}

export function branch(name: string, field: string): Branch {
  return { name, field, text: undefined, children: new Map() }
}

/** Sets one value. Names that differ in case only are one, with the first spelling; the last value stays. */
export function grow(root: Branch, path: readonly string[], field: string, text: string): void {
  let place = root
  for (const name of path) {
    const key = name.toLowerCase()
    let child = place.children.get(key)
    if (child === undefined) {
      child = branch(name, field)
      place.children.set(key, child)
    }
    place = child
  }
  place.text = text
  place.field = field
}

export type Path =
  | { readonly ok: true; readonly segments: readonly string[] }
  | { readonly ok: false; readonly reason: string }

/** Traefik's path syntax: names between dots, `name[0]` is an element of a list. */
export function parsePath(path: string): Path {
  const segments: string[] = []
  for (const part of path.split('.')) {
    if (part === '') return { ok: false, reason: 'there is an empty name between two dots or at the end' }
    if (part.startsWith('[')) return { ok: false, reason: 'an index needs a name before it' }
    const bracket = part.endsWith(']') ? part.indexOf('[') : -1
    if (bracket === -1) segments.push(part)
    else segments.push(part.slice(0, bracket), part.slice(bracket))
  }
  return { ok: true, segments }
}

/** True for `[0]`: an element of a list, not a name. */
export function isIndex(name: string): boolean {
  return name.startsWith('[') && name.endsWith(']')
}
