// Where in the compose files the thing is that a problem speaks of.
import type { ObjectKind } from '../../model/problem.ts'
import type { Assembly } from '../compose/assemble.ts'
import type { ComposeLabel, ComposeService } from '../compose/project.ts'
import { proxyLabels } from './finding.ts'

/** The service whose container has that name. */
export function serviceOf({ containers, project }: Assembly, source: string): ComposeService | undefined {
  const container = containers.find(({ name }) => name === source)
  return project.services.find(({ name }) => name === container?.compose?.service)
}

/** The label a field means, without regard to case; else the longest that the field begins with. */
export function labelOf(service: ComposeService, field: string): ComposeLabel | undefined {
  const wanted = pathOf(field)
  const own = proxyLabels(service)
  const exact = own.find(({ key }) => key === field) ?? own.find(({ key }) => pathOf(key) === wanted)
  if (exact !== undefined) return exact
  return own
    .filter(({ key }) => wanted.startsWith(`${pathOf(key)}.`) || pathOf(key).startsWith(`${wanted}.`))
    .sort((a, b) => b.key.length - a.key.length)[0]
}

const sections: Readonly<Record<ObjectKind, string>> = {
  router: 'http.routers',
  service: 'http.services',
  middleware: 'http.middlewares',
  'tcp router': 'tcp.routers',
  'tcp service': 'tcp.services',
  'tcp middleware': 'tcp.middlewares',
  'udp router': 'udp.routers',
  'udp service': 'udp.services',
}

/** The first label of an object, or the one of it that sets `option`. */
export function objectLabel(
  service: ComposeService,
  { kind, name }: { readonly kind: ObjectKind; readonly name: string },
  option?: string,
): ComposeLabel | undefined {
  const begin = `${sections[kind]}.${name}`.toLowerCase()
  const own = proxyLabels(service).filter(({ key }) => pathOf(key) === begin || pathOf(key).startsWith(`${begin}.`))
  const wanted = option === undefined ? undefined : `${begin}.${option.toLowerCase()}`
  return own.find(({ key }) => pathOf(key) === wanted) ?? own[0]
}

/** Without the root, which may be either, and in lower case, since names match so. */
export function pathOf(label: string): string {
  return label.slice(label.indexOf('.') + 1).toLowerCase()
}
