// Labels → tree: which labels are ours, in which of two roots, and within which limits.
import { didYouMean } from '../model/nearest.ts'
import type { Problem } from '../model/problem.ts'
import { quote, shown } from './finding.ts'
import type { Finding, Report } from './finding.ts'
import { objectMeant, placeOf } from './place.ts'
import { fieldNamed } from './schema.ts'
import type { Struct } from './schema.ts'
import { successorOf } from './traefik-1.ts'
import { branch, grow, parsePath } from './tree.ts'
import type { Tree } from './tree.ts'

/** Labels are written by whoever may start a container; these bound what one container can cost. */
export const labelLimits = {
  /** Labels of ours on one container. */
  count: 256,
  /** UTF-16 units of one value, and of one label's name. */
  length: 4096,
  /** Names in one label, the root included; a domain is one. Traefik's longest label has eight. */
  depth: 8,
} as const

/** The second one wins over the first, label by label. */
const roots = ['traefik', 'muster'] as const

interface RootedLabel {
  readonly root: string
  readonly label: string
  readonly value: string
}

/** Undefined: more labels than the limit, and none was read, since half a configuration may lack the half that guards it. */
export function readLabels(labels: Readonly<Record<string, string>>, schema: Struct, report: Report): Tree | undefined {
  const rooted = Object.entries(labels).flatMap(([label, value]) => rootedLabel(label, value))
  if (rooted.length > labelLimits.count) {
    const reason = `${rooted.length} labels are more than ${labelLimits.count}: none of them is read`
    report({ what: 'path', severity: 'error', field: undefined, object: undefined, reason, hint: undefined })
    return undefined
  }
  const chosen = new Map<string, RootedLabel & { readonly path: readonly string[] }>()
  for (const label of rooted.sort(byRootThenLabel)) {
    const path = readablePath(label, schema, report)
    if (path === undefined) continue
    const key = path.join('.').toLowerCase()
    const before = chosen.get(key)
    if (before?.root === label.root) report(saidTwice(label, before, placeOf(schema, path).object))
    chosen.set(key, { ...label, path })
  }
  const root = branch('', '')
  for (const { path, label, value } of [...chosen.values()].sort(byPath)) grow(root, path, label, value)
  return root
}

function rootedLabel(label: string, value: string): RootedLabel[] {
  const dot = label.indexOf('.')
  const root = label.slice(0, Math.max(dot, 0))
  return roots.some((known) => known === root.toLowerCase()) ? [{ root, label, value }] : []
}

/** The names after the root; undefined when the label is not read, which is reported. */
function readablePath(
  { root, label, value }: RootedLabel,
  schema: Struct,
  report: Report,
): readonly string[] | undefined {
  const refuse = (what: Finding['what'], reason: string, more: Partial<Finding> = {}): undefined => {
    report({ what, severity: 'error', field: label, object: undefined, reason, hint: undefined, ...more })
  }
  if (/\p{Cc}/u.test(label))
    return refuse('path', 'a label with control characters is not read', { field: shown(label) })
  if (root !== root.toLowerCase()) {
    return refuse('path', `${quote(root)} is not read`, { hint: `write it in lower case: "${root.toLowerCase()}"` })
  }
  if (label.length > labelLimits.length) {
    const reason = `a label of ${label.length} characters is longer than ${labelLimits.length}`
    return refuse('path', reason, { field: shown(label) })
  }
  const path = parsePath(label.slice(root.length + 1))
  if (!path.ok) return refuse('path', path.reason, { object: objectMeant(label) })
  const [first = ''] = path.segments
  if (fieldNamed(schema.fields, first) === undefined) {
    const hint = didYouMean(first, Object.keys(schema.fields))
    const object = objectMeant(label)
    if (root === 'muster') return refuse('unknown', `unknown field ${quote(first)}`, { hint, object })
    // Labels of Traefik 1 stand on many containers still; Traefik itself passes over them in silence.
    return refuse('unknown', `${quote(`traefik.${first}`)} is read neither by Traefik nor by Muster`, {
      severity: 'warning',
      hint: successorOf(path.segments) ?? hint,
    })
  }
  const { object, depth } = placeOf(schema, path.segments)
  if (depth > labelLimits.depth) return refuse('path', `${depth} names are more than ${labelLimits.depth}`, { object })
  if (value.length > labelLimits.length) {
    const reason = `a value of ${value.length} characters is longer than ${labelLimits.length}`
    return refuse('value', reason, { object })
  }
  return path.segments
}

function saidTwice({ label }: RootedLabel, before: RootedLabel, object: Problem['object']): Finding {
  const reason = `replaces ${quote(before.label)}, which differs in case only`
  return { what: 'path', severity: 'warning', field: label, object, reason, hint: undefined }
}

function byRootThenLabel(a: RootedLabel, b: RootedLabel): number {
  if (a.root !== b.root) return a.root > b.root ? -1 : 1 // traefik, then muster, which may replace it
  return a.label < b.label ? -1 : 1
}

function byPath(a: { path: readonly string[] }, b: { path: readonly string[] }): number {
  return a.path.join('.') < b.path.join('.') ? -1 : 1
}
