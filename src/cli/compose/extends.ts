// `extends`: a service that begins as another one, of the same file or of another.
import { dirname, resolve } from 'node:path'
import { mergeTrees } from './merge-trees.ts'
import { child, entriesOf, textAt } from './tree.ts'
import type { ComposeNode, MappingEntry, MappingNode, ReportProblem } from './tree.ts'

export interface ExtendsContext {
  /** Its own path, and the directory that paths in it are relative to. */
  readonly file: string
  readonly directory: string
  /** The services of another file as they are written there; undefined when it cannot be read, which is reported. */
  readonly servicesOf: (path: string, from: ComposeNode) => ReadonlyMap<string, MappingEntry> | undefined
  readonly report: ReportProblem
}

/** The services with everything they extend; what cannot be extended is reported and left out. */
export function applyExtends(
  services: ReadonlyMap<string, MappingEntry>,
  context: ExtendsContext,
): ReadonlyMap<string, MappingEntry> {
  return new Map(
    [...services].map(([name, entry]) => [
      name,
      { ...entry, value: extended(name, services, context, []) ?? entry.value },
    ]),
  )
}

/** @param trail the services that extend this one, `file service` each */
function extended(
  name: string,
  services: ReadonlyMap<string, MappingEntry>,
  context: ExtendsContext,
  trail: readonly string[],
): ComposeNode | undefined {
  const service = services.get(name)?.value
  const wish = child(service, 'extends')
  if (service?.kind !== 'mapping' || wish === undefined) return service
  const own = without(service, 'extends')
  const refuse = (reason: string): ComposeNode => {
    context.report({ severity: 'error', position: wish.position, reason, hint: undefined })
    return own
  }

  const reference = wish.kind === 'scalar' ? wish.text : textAt(wish, 'service')
  if (reference === undefined) return refuse(`service "${name}" extends nothing: "service" is missing`)
  const path = textAt(wish, 'file')
  const elsewhere = path === undefined ? undefined : resolve(context.directory, path)
  const here = `${context.file} ${name}`
  if (trail.includes(here)) return refuse(`service "${name}" extends itself`)

  const known = elsewhere === undefined ? services : context.servicesOf(elsewhere, wish)
  if (known === undefined) return own
  if (!known.has(reference)) {
    return refuse(`service "${name}" extends "${reference}", which is not in ${path ?? 'this file'}`)
  }
  const there = elsewhere === undefined ? context : { ...context, file: elsewhere, directory: dirname(elsewhere) }
  const base = extended(reference, known, there, [...trail, here])
  return base === undefined ? own : mergeTrees(base, own, ['services', name])
}

function without(node: MappingNode, key: string): MappingNode {
  return { ...node, entries: new Map([...entriesOf(node)].filter(([name]) => name !== key)) }
}
