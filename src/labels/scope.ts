// Where decoding stands, and the sentences it says there.
import { didYouMean } from '../model/nearest.ts'
import type { Problem } from '../model/problem.ts'
import { quote } from './finding.ts'
import type { Finding, Report } from './finding.ts'
import { objectMeant } from './place.ts'
import { fieldNamed } from './schema.ts'
import type { Fields, Inert, Struct } from './schema.ts'
import type { Tree } from './tree.ts'
import { parseBool } from './values.ts'

export interface Scope {
  /** The router, service or middleware the tree belongs to. */
  readonly object: Problem['object']
  readonly report: Report
}

export interface Remark {
  readonly what: Finding['what']
  readonly reason: string
  readonly severity?: Finding['severity']
  readonly hint?: string | undefined
}

export function tell(scope: Scope, tree: Tree, { what, reason, severity = 'error', hint }: Remark): void {
  scope.report({ what, severity, field: tree.field, object: scope.object, reason, hint })
}

export function tellUnknown(scope: Scope, tree: Tree, fields: Fields, misnomers: Struct['misnomers'] = {}): void {
  for (const child of tree.children.values()) {
    if (fieldNamed(fields, child.name) !== undefined) continue
    const wanted = child.name.toLowerCase()
    const known = Object.hasOwn(misnomers, wanted) ? misnomers[wanted] : undefined
    const hint = known ?? didYouMean(child.name, Object.keys(fields)) ?? knownHere(fields)
    for (const place of placesBelow(child, scope)) {
      scope.report({ what: 'unknown', severity: 'error', reason: `unknown field ${quote(child.name)}`, hint, ...place })
    }
  }
}

/** Outside of an object: each label below, of whichever object it was meant for. */
function placesBelow(tree: Tree, { object }: Scope): readonly Pick<Finding, 'field' | 'object'>[] {
  if (object !== undefined) return [{ field: tree.field, object }]
  const meant = [...ends(tree)].flatMap(({ field }) => {
    const object = objectMeant(field)
    return object === undefined ? [] : [{ field, object }]
  })
  return meant.length > 0 ? meant : [{ field: tree.field, object }]
}

/** A value where fields belong. */
export function tellStandsAlone(scope: Scope, tree: Tree, fields?: Fields): void {
  if (tree.text === undefined) return
  const reason = `${quote(tree.text)} is not read: ${quote(tree.name)} has fields`
  tell(scope, tree, { what: 'shape', reason, hint: fields === undefined ? undefined : knownHere(fields) })
}

/** Not supported: once for the whole. Ignored: each part, for the list of what had no effect. */
export function tellInert(scope: Scope, tree: Tree, { what, sentence, mayBeOff }: Inert): void {
  if (mayBeOff && tree.text !== undefined && parseBool(tree.text) === false) return
  const severity = what === 'ignored' ? 'warning' : 'error'
  const places = what === 'ignored' ? ends(tree) : [tree]
  for (const place of places) tell(scope, place, { what, severity, reason: sentence })
}

/** For a name that is near to nothing: what there is, as far as it has an effect. */
export function knownHere(fields: Fields): string | undefined {
  const names = Object.entries(fields).flatMap(([name, { kind, state }]) =>
    kind === 'inert' || state === 'pending' ? [] : [name],
  )
  return names.length === 0 ? undefined : `known here: ${names.join(', ')}`
}

function* ends(tree: Tree): Iterable<Tree> {
  if (tree.text !== undefined) yield tree
  for (const child of tree.children.values()) yield* ends(child)
}
