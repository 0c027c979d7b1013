import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { documentSchema } from '../../../src/labels/decode-document.ts'
import { bool, byDefault, list } from '../../../src/labels/leaf.ts'
import { enabled, map, struct, unsupported } from '../../../src/labels/schema.ts'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'

describe('schemaPaths', () => {
  test('lists every field with its type and default, and what is inert with its reason', () => {
    const schema = struct({
      names: byDefault([], list()),
      by: map('name', enabled({ on: byDefault(true, bool()) })),
      tls: unsupported('not yet'),
    })
    assert.deepEqual(
      [...schemaPaths(schema)],
      [
        { path: 'names', type: 'list', byDefault: undefined, inert: undefined },
        { path: 'by.<name>', type: 'switch', byDefault: 'off', inert: undefined },
        { path: 'by.<name>.on', type: 'true or false', byDefault: 'true', inert: undefined },
        { path: 'tls', type: '', byDefault: undefined, inert: 'not yet' },
      ],
    )
  })

  test('marks the elements of a list', () => {
    const paths = [...schemaPaths(documentSchema)].map(({ path }) => path)
    assert.ok(paths.includes('http.services.<service>.loadBalancer.servers[n].url'))
  })
})
