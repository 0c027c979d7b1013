import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSchema } from '../../../src/cli/schema.ts'
import { virtualTerminal } from './virtual-terminal.ts'

test('prints a JSON schema that knows labels', () => {
  const terminal = virtualTerminal({})
  assert.equal(runSchema(terminal), 0)
  const schema = JSON.parse(terminal.printed.join('\n')) as Record<string, unknown>
  assert.match(String(schema['$schema']), /json-schema\.org/)
  assert.match(JSON.stringify(schema), /loadbalancer/i)
})
