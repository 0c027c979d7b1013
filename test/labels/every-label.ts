// The tables of labels.md, made of the schema.
import { labelSchema } from '../../src/labels/label-schema.ts'
import { schemaPaths } from '../../src/labels/schema-paths.ts'
import type { SchemaPath } from '../../src/labels/schema-paths.ts'

export const labelPaths: readonly SchemaPath[] = [...schemaPaths(labelSchema)]

const head = '| label | type | default | state | meaning |\n|---|---|---|---|---|\n'

/** All of them, a table for each group. */
export function everyLabel(): string {
  const groups = Map.groupBy(labelPaths, ({ path }) => groupOf(path))
  return [...groups].map(([group, paths]) => `### ${group}\n\n${head}${paths.map(rowOf).join('')}`).join('\n')
}

export function rowOf({ path, type, byDefault = '–', about = '', ...rest }: SchemaPath): string {
  return `| \`${path}\` | ${type || '–'} | ${byDefault} | ${stateOf(rest)} | ${about} |\n`
}

function stateOf({ inert, state }: Pick<SchemaPath, 'inert' | 'state'>): string {
  if (inert !== undefined) return `without effect: ${inert}`
  if (state === 'pending') return 'read, not run yet'
  return state === 'musterOnly' ? 'Muster only' : 'runs'
}

function groupOf(path: string): string {
  const [protocol = '', objects = '', , kind = ''] = path.split('.')
  if (['enable', 'docker', 'swarm'].includes(protocol)) return 'The container'
  if (protocol === 'tls') return 'The default TLS store'
  if (objects === 'middlewares' && protocol === 'http') return `Middleware ${kind}`
  const of = { http: 'HTTP', tcp: 'TCP', udp: 'UDP' }[protocol] ?? ''
  return objects === 'serversTransports' ? 'HTTP servers transports' : `${of} ${objects}`
}
