import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from '../../../src/labels/decode.ts'
import type { Finding } from '../../../src/labels/finding.ts'
import { bool, byDefault, duration, integer, list, oneOf, required, text } from '../../../src/labels/leaf.ts'
import { enabled, ignored, map, objects, records, struct, unsupported, variants } from '../../../src/labels/schema.ts'
import type { Infer, Schema } from '../../../src/labels/schema.ts'
import { branch, grow, parsePath } from '../../../src/labels/tree.ts'

function decoding<S extends Schema>(schema: S, given: Readonly<Record<string, string>>) {
  const findings: Finding[] = []
  const root = branch('', '')
  for (const [label, value] of Object.entries(given)) {
    const path = parsePath(label)
    assert.ok(path.ok)
    grow(root, path.segments, label, value)
  }
  const value: Infer<S> = decode(schema, root, (finding) => findings.push(finding))
  return { value, findings, said: findings.map(({ field, reason }) => `${field}: ${reason}`) }
}

describe('decode', () => {
  test('gives the defaults of a struct that is not there', () => {
    const schema = struct({ a: struct({ b: byDefault(3, integer()), c: text() }), d: map('name', text()) })
    assert.deepEqual(decoding(schema, {}), {
      value: { a: { b: 3, c: undefined }, d: new Map() },
      findings: [],
      said: [],
    })
  })

  test('gives the default, and says so, for a value that cannot be read', () => {
    const schema = struct({ on: byDefault(true, bool()), after: byDefault(5, duration()) })
    const { value, said } = decoding(schema, { on: 'ja', after: '999999999' })
    assert.deepEqual(value, { on: true, after: 5 })
    assert.deepEqual(said, ['on: "ja" is not true or false', 'after: "999999999" is not between 0 and 24 days'])
  })

  test('takes an empty text for an absent one, but not an empty number', () => {
    const schema = struct({ name: byDefault('x', text()), count: byDefault(1, integer()), names: list() })
    const { value, said } = decoding(schema, { name: '', count: '', names: '' })
    assert.deepEqual(value, { name: 'x', count: 1, names: undefined })
    assert.deepEqual(said, ['count: "" is not a whole number'])
  })

  test('says what a struct lacks that it must have, once', () => {
    const schema = struct({ web: struct({ address: required(text()) }), api: struct({ address: required(text()) }) })
    assert.deepEqual(decoding(schema, { 'web.address': '' }).said, ['web.address: "web" has no "address"'])
  })

  test('decodes the one kind of a variant, and nothing when there are two', () => {
    const schema = objects('middleware', variants({ a: struct({ x: text() }), b: struct({ y: text() }) }, {}))
    const { value, findings } = decoding(schema, { 'one.a.x': '1', 'two.a.x': '1', 'two.b.y': '2' })
    assert.deepEqual(value, new Map([['one', { kind: 'a', x: '1' }]]))
    assert.deepEqual(
      findings.map(({ object, reason }) => ({ object, reason })),
      [{ object: { kind: 'middleware', name: 'two' }, reason: '"a" and "b" stand under one name' }],
    )
  })

  test('lets a field stand beside the one kind', () => {
    const schema = map('name', variants({ a: struct({ x: text() }) }, { also: unsupported('not yet') }))
    const { value, said } = decoding(schema, { 'one.a.x': '1', 'one.also.z': '2' })
    assert.deepEqual(value, new Map([['one', { kind: 'a', x: '1' }]]))
    assert.deepEqual(said, ['one.also.z: not yet'])
  })

  test('finds kinds and fields in any case, and nothing that is not of the schema', () => {
    const kinds = variants({ stripPrefix: struct({ forceSlash: text() }) }, { maxAge: unsupported('not yet') })
    const { value, said } = decoding(map('name', kinds), {
      'one.STRIPPREFIX.forceslash': '1',
      'one.maxage': '2',
      'one.constructor': '3',
      'one.__proto__': '4',
    })
    assert.deepEqual(value, new Map([['one', { kind: 'stripPrefix', forceSlash: '1' }]]))
    assert.deepEqual(said, [
      'one.constructor: unknown field "constructor"',
      'one.__proto__: unknown field "__proto__"',
      'one.maxage: not yet',
    ])
  })

  test('reports what is not supported once, and what is ignored label by label', () => {
    const schema = struct({ tls: unsupported('no TLS'), tracing: ignored('telemetry') })
    const { value, findings } = decoding(schema, { 'tls.a': '1', 'tls.b': '2', 'tracing.a': '1', 'tracing.b.c': '2' })
    assert.deepEqual(value, {})
    assert.deepEqual(
      findings.map(({ what, field, severity }) => [what, field, severity]),
      [
        ['unsupported', 'tls.a', 'error'],
        ['ignored', 'tracing.a', 'warning'],
        ['ignored', 'tracing.b.c', 'warning'],
      ],
    )
  })

  test('accepts the off value of what is not supported where off is what happens anyway', () => {
    const schema = struct({ debug: unsupported('no', { mayBeOff: true }), strict: unsupported('no') })
    assert.deepEqual(decoding(schema, { debug: 'false', strict: 'false' }).said, ['strict: no'])
    assert.deepEqual(decoding(schema, { debug: 'true' }).said, ['debug: no'])
  })

  test('switches a struct on by an empty value, true, or a field; off by anything else, fields and all', () => {
    const schema = struct({ cookie: enabled({ name: byDefault('sid', text()) }) })
    for (const given of [{ cookie: '' }, { cookie: 'True' }]) {
      assert.deepEqual(decoding(schema, given).value, { cookie: { name: 'sid' } })
    }
    assert.deepEqual(decoding(schema, { 'cookie.name': 'x' }).value, { cookie: { name: 'x' } })
    for (const off of ['false', '0', '{}', 'yes']) {
      assert.deepEqual(decoding(schema, { cookie: off, 'cookie.name': 'x' }).value, { cookie: undefined }, off)
    }
    assert.deepEqual(decoding(schema, { cookie: 'false' }).said, [])
    assert.deepEqual(decoding(schema, { cookie: '{}' }).said, ['cookie: "{}" switches "cookie" off'])
  })

  test('reads a list of structs in the order of its labels', () => {
    const schema = struct({ domains: records(struct({ main: text() })) })
    const { value, said } = decoding(schema, { 'domains[0].main': 'a', 'domains[1].main': 'b', 'domains.main': 'c' })
    assert.deepEqual(value, { domains: [{ main: 'a' }, { main: 'b' }] })
    assert.deepEqual(said, ['domains.main: "domains" is a list, "main" not one of it'])
  })

  test('names the nearest word for a word it does not know, and tells known from supported', () => {
    const schema = struct({ strategy: oneOf(['wrr'], { notYet: ['p2c', 'leasttime'] }) })
    assert.equal(decoding(schema, { strategy: 'leastime' }).findings[0]?.hint, 'did you mean "leasttime"?')
    assert.equal(decoding(schema, { strategy: 'P2C' }).findings[0]?.what, 'unsupported')
    assert.deepEqual(decoding(schema, { strategy: 'WRR' }).value, { strategy: 'wrr' })
  })

  test('keeps a message on one line and short, whatever the value', () => {
    const { said } = decoding(struct({ n: integer() }), { n: `a\nb${'c'.repeat(1000)}` })
    assert.match(said[0] ?? '', /^n: "a\\nbc{90,100}…" is not a whole number$/)
  })
})
