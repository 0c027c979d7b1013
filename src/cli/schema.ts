// `muster schema`: the JSON schema that lets an editor complete and check labels in compose files.
import { composeLabelsJsonSchema } from '../labels/json-schema.ts'
import type { Terminal } from './terminal.ts'

export function runSchema(terminal: Terminal): number {
  terminal.print(JSON.stringify(composeLabelsJsonSchema(), undefined, 2))
  return 0
}
