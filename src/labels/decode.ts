// Tree + schema → typed values. Whatever does not fit is reported and left out; the rest is decoded all the same.
import { quote } from './finding.ts'
import type { Report } from './finding.ts'
import { dottedEntries, freeValue } from './free-names.ts'
import type { Leaf } from './leaf.ts'
import { objectMeant } from './place.ts'
import { byName, fieldNamed } from './schema.ts'
import type { Enabled, Fields, Infer, MapOf, Records, Schema, Struct, Variants } from './schema.ts'
import { knownHere, tell, tellInert, tellStandsAlone, tellUnknown } from './scope.ts'
import type { Scope } from './scope.ts'
import { isIndex } from './tree.ts'
import type { Tree } from './tree.ts'
import { parseBool } from './values.ts'

/** Never throws; `report` is called once for each thing that is not as it should be. */
export function decode<S extends Schema>(schema: S, tree: Tree, report: Report): Infer<S> {
  return decodeNode(schema, tree, { object: undefined, report }) as Infer<S>
}

function decodeNode(schema: Schema, tree: Tree | undefined, scope: Scope): unknown {
  const decoded = decodeKind(schema, tree, scope)
  // Off is what happens anyway.
  if (schema.remark !== undefined && tree !== undefined && decoded !== undefined && decoded !== false) {
    tell(scope, tree, { what: 'unsupported', ...schema.remark })
  }
  return decoded
}

function decodeKind(schema: Schema, tree: Tree | undefined, scope: Scope): unknown {
  switch (schema.kind) {
    case 'leaf':
      return decodeLeaf(schema, tree, scope)
    case 'struct':
      return decodeStruct(schema, tree, scope)
    case 'enabled':
      return decodeEnabled(schema, tree, scope)
    case 'map':
      return decodeMap(schema, tree, scope)
    case 'free':
      return tree === undefined ? undefined : freeValue(tree)
    case 'records':
      return decodeRecords(schema, tree, scope)
    case 'variants':
      return decodeVariants(schema, tree, scope)
    case 'inert':
      if (tree !== undefined) tellInert(scope, tree, schema)
  }
  return undefined
}

function decodeLeaf(schema: Leaf<unknown>, tree: Tree | undefined, scope: Scope): unknown {
  if (tree === undefined) return schema.fallback
  const reading = readLeaf(schema, tree, scope)
  if (reading === undefined) return schema.fallback
  if (!reading.ok) {
    tell(scope, tree, reading)
    return schema.fallback
  }
  if (reading.warning !== undefined) {
    tell(scope, tree, { what: 'value', severity: 'warning', reason: reading.warning })
  }
  return reading.value
}

function readLeaf(schema: Leaf<unknown>, tree: Tree, scope: Scope): ReturnType<Leaf<unknown>['read']> | undefined {
  const items = [...tree.children.values()]
  if (items.length > 0) {
    if (schema.readItems !== undefined && items.every(isElement))
      return schema.readItems(items.map(({ text = '' }) => text))
    tell(scope, tree, { what: 'shape', reason: `${quote(tree.name)} is one value and has no fields` })
  }
  if (tree.text === undefined || (tree.text === '' && !schema.readsEmpty)) return undefined
  return schema.read(tree.text)
}

function isElement(tree: Tree): boolean {
  return isIndex(tree.name) && tree.text !== undefined && tree.children.size === 0
}

function decodeStruct(schema: Struct, tree: Tree | undefined, scope: Scope): object {
  if (tree !== undefined) tellStandsAlone(scope, tree, schema.fields)
  return decodeChecked(schema, tree, scope)
}

function decodeChecked({ fields, check, misnomers }: Struct, tree: Tree | undefined, scope: Scope): object {
  if (tree === undefined) return decodeFields(fields, tree, scope)
  let sound = true
  const report: Report = (finding) => {
    if (finding.severity === 'error') sound = false
    scope.report(finding)
  }
  tellUnknown({ ...scope, report }, tree, fields, misnomers)
  const decoded = decodeFields(fields, tree, { ...scope, report })
  const flaw = sound ? check?.(decoded as never) : undefined
  if (flaw !== undefined) tell(scope, tree, { what: 'value', ...(typeof flaw === 'string' ? { reason: flaw } : flaw) })
  return decoded
}

// Only names of the schema become properties, so no label can reach Object.prototype.
function decodeFields(fields: Fields, tree: Tree | undefined, scope: Scope): object {
  const decoded: Record<string, unknown> = {}
  for (const [key, { name, schema }] of byName(fields)) {
    const child = tree?.children.get(key)
    const missing = (child?.text ?? '') === '' && !child?.children.size
    if (missing && tree !== undefined && schema.kind === 'leaf' && schema.required) {
      tell(scope, tree, { what: 'value', reason: `${quote(tree.name)} has no "${name}"` })
    }
    const value = decodeNode(schema, child, scope)
    if (schema.kind !== 'inert') decoded[name] = value
  }
  return decoded
}

// Traefik: an empty value or `true` switches on with defaults; any other value switches off, fields and all.
function decodeEnabled({ struct, takesValue }: Enabled, tree: Tree | undefined, scope: Scope): object | undefined {
  if (tree === undefined) return undefined
  const { text = '', name, children } = tree
  if (!takesValue) {
    tellStandsAlone(scope, tree, struct.fields)
    return tree.text !== undefined && children.size === 0 ? undefined : decodeChecked(struct, tree, scope)
  }
  if (text === '' || text.toLowerCase() === 'true') return decodeChecked(struct, tree, scope)
  if (parseBool(text) !== false) {
    const reason = `${quote(text)} switches "${name}" off`
    tell(scope, tree, { what: 'value', severity: 'warning', reason, hint: 'write true to switch it on' })
  } else if (children.size > 0) {
    const reason = `${quote(text)} switches "${name}" off, and all that is set below it`
    tell(scope, tree, { what: 'value', severity: 'warning', reason })
  }
  return undefined
}

function decodeMap(schema: MapOf, tree: Tree | undefined, scope: Scope): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>()
  if (tree === undefined) return entries
  tellStandsAlone(scope, tree)
  for (const child of schema.names.dotted ? dottedEntries(tree) : tree.children.values()) {
    const object = schema.object === undefined ? scope.object : { kind: schema.object, name: child.name }
    const inner: Scope = { object, report: scope.report }
    const refusal = schema.names.refusal?.(child.name)
    if (isIndex(child.name)) {
      const meant: Scope = { ...scope, object: scope.object ?? objectMeant(child.field) }
      tell(meant, child, { what: 'shape', reason: `${quote(tree.name)} is not a list`, hint: 'its entries have names' })
    } else if (refusal !== undefined) {
      tell(inner, child, { what: 'path', reason: refusal })
    } else {
      const asIs = schema.value.kind === 'leaf' || schema.value.kind === 'free'
      const decoded = decodeNode(schema.value, asIs ? child : bare(child, inner), inner)
      if (decoded !== undefined) entries.set(child.name, decoded)
    }
  }
  return entries
}

// `routers.web=x` makes an empty router in Traefik, and so it does here, but not without a word.
function bare(entry: Tree, scope: Scope): Tree {
  if (entry.text === undefined) return entry
  const reason = `${quote(entry.text)} is not read`
  tell(scope, entry, { what: 'shape', severity: 'warning', reason, hint: 'its fields follow after a dot' })
  return { ...entry, text: undefined }
}

function decodeRecords({ item }: Records, tree: Tree | undefined, scope: Scope): readonly unknown[] {
  if (tree === undefined) return []
  tellStandsAlone(scope, tree)
  return [...tree.children.values()].flatMap((child) => {
    if (isIndex(child.name)) return [decodeNode(item, child, scope)]
    tell(scope, child, { what: 'shape', reason: `${quote(tree.name)} is a list, ${quote(child.name)} not one of it` })
    return []
  })
}

function decodeVariants(
  { kinds, besides, fields, implied = '' }: Variants,
  tree: Tree | undefined,
  scope: Scope,
): object | undefined {
  if (tree === undefined) return undefined
  tellUnknown(scope, tree, fields)
  const others = decodeFields(besides, tree, scope)
  const children = [...tree.children.values()]
  const given = children.flatMap((child) => {
    const kind = fieldNamed(kinds, child.name)
    return kind === undefined ? [] : [{ ...kind, child }]
  })
  const [first, second] = given
  if (first === undefined) {
    const whole = kinds[implied]
    const meant = children.some(({ name }) => fieldNamed(besides, name) !== undefined)
    if (whole !== undefined && meant)
      return { kind: implied, ...(decodeNode(whole, undefined, scope) as object), ...others }
    if (children.length === 0) tell(scope, tree, { what: 'shape', reason: 'nothing is set', hint: knownHere(kinds) })
    return undefined
  }
  if (second !== undefined) {
    const reason = `"${first.name}" and "${second.name}" stand under one name`
    tell(scope, second.child, { what: 'shape', reason, hint: 'give each a name of its own' })
    return undefined
  }
  const decoded = decodeNode(first.schema, first.child, scope)
  if (decoded === undefined && first.schema.kind === 'enabled') {
    tell(scope, first.child, { what: 'shape', reason: `"${first.name}" is off, and nothing else is set` })
  }
  if (decoded instanceof Map) return { kind: first.name, ...others, entries: decoded }
  return typeof decoded === 'object' ? { kind: first.name, ...decoded, ...others } : undefined
}
