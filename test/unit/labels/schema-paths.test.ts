import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { documentSchema } from '../../../src/labels/document-schema.ts'
import { bool, byDefault, duration, list, text } from '../../../src/labels/leaf.ts'
import { about, musterOnly, pending } from '../../../src/labels/marks.ts'
import { enabled, free, map, optional, struct, unsupported } from '../../../src/labels/schema.ts'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'

describe('schemaPaths', () => {
  test('lists every field with its type and default, and what is inert with its reason', () => {
    const schema = struct({
      names: byDefault([], list()),
      by: map('name', enabled({ on: about('whether it is', byDefault(true, bool())) })),
      tls: unsupported('not yet'),
      after: pending(struct({ wait: byDefault(1500, duration()), deep: map('key', about('by key', text())) })),
      more: map('key', free()),
      maybe: musterOnly(optional({ no: bool() })),
    })
    const row = { byDefault: undefined, inert: undefined, state: undefined, about: undefined }
    assert.deepEqual(
      [...schemaPaths(schema)],
      [
        { ...row, path: 'names', type: 'list' },
        { ...row, path: 'by.<name>', type: 'switch', byDefault: 'off' },
        { ...row, path: 'by.<name>.on', type: 'true or false', byDefault: 'true', about: 'whether it is' },
        { ...row, path: 'tls', type: '', inert: 'not yet' },
        { ...row, path: 'after.wait', type: 'duration', byDefault: '1500ms', state: 'pending' },
        { ...row, path: 'after.deep.<key>', type: 'text', state: 'pending', about: 'by key' },
        { ...row, path: 'more.<key>.…', type: 'anything' },
        { ...row, path: 'maybe.no', type: 'true or false', state: 'musterOnly' },
      ],
    )
  })

  test('marks the elements of a list', () => {
    const paths = [...schemaPaths(documentSchema)].map(({ path }) => path)
    assert.ok(paths.includes('http.services.<service>.loadBalancer.servers[n].url'))
  })
})
