// Tree + schema → typed values. Whatever does not fit is reported and left out; the rest is decoded all the same.
import { quote } from './finding.ts'
import type { Report } from './finding.ts'
import type { Leaf } from './leaf.ts'
import { fieldNamed } from './schema.ts'
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
  switch (schema.kind) {
    case 'leaf':
      return decodeLeaf(schema, tree, scope)
    case 'struct':
      return decodeStruct(schema, tree, scope)
    case 'enabled':
      return decodeEnabled(schema, tree, scope)
    case 'map':
      return decodeMap(schema, tree, scope)
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

function decodeStruct({ fields }: Struct, tree: Tree | undefined, scope: Scope): object {
  if (tree !== undefined) tellStandsAlone(scope, tree, fields)
  return decodeFields(fields, tree, scope)
}

// Only names of the schema become properties, so no label can reach Object.prototype.
function decodeFields(fields: Fields, tree: Tree | undefined, scope: Scope): object {
  if (tree !== undefined) tellUnknown(scope, tree, fields)
  const decoded: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(fields)) {
    const child = tree?.children.get(name.toLowerCase())
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
function decodeEnabled({ struct }: Enabled, tree: Tree | undefined, scope: Scope): object | undefined {
  if (tree === undefined) return undefined
  const { text = '', name } = tree
  if (text === '' || text.toLowerCase() === 'true') return decodeFields(struct.fields, tree, scope)
  if (parseBool(text) !== false) {
    const reason = `${quote(text)} switches "${name}" off`
    tell(scope, tree, { what: 'value', severity: 'warning', reason, hint: 'write true to switch it on' })
  }
  return undefined
}

function decodeMap(schema: MapOf, tree: Tree | undefined, scope: Scope): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>()
  if (tree === undefined) return entries
  tellStandsAlone(scope, tree)
  for (const child of tree.children.values()) {
    const object = schema.object === undefined ? scope.object : { kind: schema.object, name: child.name }
    const inner: Scope = { object, report: scope.report }
    if (isIndex(child.name)) {
      tell(scope, child, { what: 'shape', reason: `${quote(tree.name)} is not a list`, hint: 'its entries have names' })
    } else if (schema.object !== undefined && child.name.includes('@')) {
      tell(inner, child, { what: 'path', reason: `${quote(child.name)}: a name may not contain "@"` })
    } else {
      const decoded = decodeNode(schema.value, schema.value.kind === 'leaf' ? child : bare(child, inner), inner)
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

function decodeVariants({ kinds, besides }: Variants, tree: Tree | undefined, scope: Scope): object | undefined {
  if (tree === undefined) return undefined
  const fields = { ...kinds, ...besides }
  tellUnknown(scope, tree, fields)
  for (const [name, schema] of Object.entries(besides)) decodeNode(schema, tree.children.get(name.toLowerCase()), scope)
  const given = [...tree.children.values()].flatMap((child) => {
    const kind = fieldNamed(kinds, child.name)
    return kind === undefined ? [] : [{ ...kind, child }]
  })
  const [first, second] = given
  if (first === undefined) {
    if (tree.children.size === 0) tell(scope, tree, { what: 'shape', reason: 'nothing is set', hint: knownHere(kinds) })
    return undefined
  }
  if (second !== undefined) {
    const reason = `"${first.name}" and "${second.name}" stand under one name`
    tell(scope, second.child, { what: 'shape', reason, hint: 'give each a name of its own' })
    return undefined
  }
  const decoded = decodeNode(first.schema, first.child, scope)
  return typeof decoded === 'object' ? { kind: first.name, ...decoded } : undefined
}
