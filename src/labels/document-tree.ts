// A parsed document → tree. Typed values become the texts they would be in a label, so that one rule reads both.
import type { Report } from './finding.ts'
import { branch } from './tree.ts'
import type { Branch, Tree } from './tree.ts'

/** Aliases let a small YAML file unfold into a huge or endless document; these are far above any real one. */
export const documentLimits = { depth: 16, nodes: 200_000 } as const

interface Walk {
  readonly report: Report
  nodes: number
}

export function documentTree(document: unknown, report: Report): Tree {
  const root = branch('', '')
  if (document === undefined || document === null) return root
  if (typeof document !== 'object' || Array.isArray(document)) {
    tell(report, undefined, 'the document is not a mapping of names to values')
    return root
  }
  fill(root, document, 1, { report, nodes: 0 })
  return root
}

function fill(parent: Branch, container: object, depth: number, walk: Walk): void {
  if (depth > documentLimits.depth) {
    tell(walk.report, parent.field, `nested deeper than ${documentLimits.depth}: not read`)
    return
  }
  for (const [key, value] of Object.entries(container)) {
    // A key without a value is an absent one, as in Traefik.
    if (value === undefined || value === null) continue
    if (++walk.nodes === documentLimits.nodes) tell(walk.report, undefined, 'too large: the rest is not read')
    if (walk.nodes >= documentLimits.nodes) return
    const name = Array.isArray(container) ? `[${key}]` : key
    const child = childNamed(parent, name)
    if (typeof value !== 'object' || value instanceof Date) child.text = String(value)
    else fill(child, value, depth + 1, walk)
  }
}

/** Names that differ in case only are one, with the first spelling. */
function childNamed(parent: Branch, name: string): Branch {
  const known = parent.children.get(name.toLowerCase())
  if (known !== undefined) return known
  const dot = parent.field === '' || name.startsWith('[') ? '' : '.'
  const child = branch(name, `${parent.field}${dot}${name}`)
  parent.children.set(name.toLowerCase(), child)
  return child
}

function tell(report: Report, field: string | undefined, reason: string): void {
  const place = field === undefined || field === '' ? undefined : field
  report({ what: 'shape', severity: 'error', field: place, object: undefined, reason, hint: undefined })
}
