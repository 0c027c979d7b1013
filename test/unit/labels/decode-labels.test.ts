import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decodeLabels } from '../../../src/labels/decode-labels.ts'
import { labelSchema } from '../../../src/labels/label-schema.ts'
import { labelLimits } from '../../../src/labels/read-labels.ts'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'

const schemaNames = [...schemaPaths(labelSchema)].flatMap(({ path }) => path.toLowerCase().split('.'))
const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '[0]',
  'x[0]',
  '',
  'a@b',
  'ǅ',
  'İ',
]
const names = [...new Set([...schemaNames, ...oddNames])]
const label = fc
  .tuple(
    fc.constantFrom('traefik', 'muster', 'Traefik', 'other', '__proto__'),
    fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.string()), { maxLength: 9 }),
  )
  .map(([root, path]) => [root, ...path].join('.'))
const value = fc.oneof(fc.constantFrom('', 'true', 'false', '{}', '80', '-1', '1m', 'a,b', ','), fc.string())
const realLabel = fc.constantFrom(
  ...[...schemaPaths(labelSchema)].map(({ path }) => `traefik.${path.replaceAll(/<\w+>/g, 'web')}`),
)
const labels = fc.dictionary(fc.oneof(label, realLabel), value, { maxKeys: 20 })

describe('decodeLabels', () => {
  test('never throws, and never reaches Object.prototype, whatever the labels', () => {
    const before = prototypeShape()
    fc.assert(
      fc.property(labels, (given) => void decodeLabels(given)),
      { numRuns: 1000 },
    )
    assert.deepEqual(prototypeShape(), before)
  })

  test('does not depend on the order of the labels', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).toReversed())
        assert.deepEqual(decodeLabels(reversed), decodeLabels(given))
      }),
      { numRuns: 300 },
    )
  })

  test('takes back no good label because of others, unless they say the same field', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const good = { 'muster.http.routers.good.rule': 'Path(`/`)', 'muster.http.routers.good.priority': '7' }
        const { rule, priority } = decodeLabels({ ...given, ...good }).routers.get('good') ?? {}
        assert.deepEqual({ rule, priority }, { rule: 'Path(`/`)', priority: 7n })
      }),
      { numRuns: 300 },
    )
  })

  test('reads none of more labels than the limit, and leaves the container out', () => {
    const many = (count: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`traefik.http.routers.r${i}.rule`, 'Path(`/`)'] as const),
      )
    assert.equal(decodeLabels(many(labelLimits.count)).routers.size, labelLimits.count)
    const { enable, routers, problems } = decodeLabels(many(labelLimits.count + 1))
    assert.equal(enable, false)
    assert.equal(routers.size, 0)
    assert.deepEqual(
      problems.map(({ severity, reason }) => [severity, reason]),
      [['error', '257 labels are more than 256: none of them is read']],
    )
  })

  test('does not count labels of others', () => {
    const others = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`com.example.${i}`, 'x'] as const))
    assert.deepEqual(decodeLabels(others), decodeLabels({}))
  })

  test('does not read a value longer than the limit, and names the router', () => {
    const rule = (length: number): string => 'r'.repeat(length)
    const label = 'traefik.http.routers.web.rule'
    assert.equal(decodeLabels({ [label]: rule(4096) }).routers.get('web')?.rule, rule(4096))
    const { routers, problems } = decodeLabels({ [label]: rule(4097) })
    assert.equal(routers.size, 0)
    assert.deepEqual(problems, [
      {
        severity: 'error',
        field: label,
        object: { kind: 'router', name: 'web' },
        reason: 'a value of 4097 characters is longer than 4096',
        hint: undefined,
      },
    ])
  })

  test('does not read a label longer than the limit, and does not repeat it whole', () => {
    const { problems } = decodeLabels({ [`traefik.http.routers.${'a.'.repeat(100_000)}`]: 'x' })
    assert.equal(problems.length, 1)
    assert.equal(problems[0]?.reason, 'a label of 200021 characters is longer than 4096')
    assert.ok((problems[0]?.field?.length ?? 0) < 200)
  })

  test("reads Traefik's longest labels, which are as deep as the limit", () => {
    const { services, problems } = decodeLabels({ 'traefik.http.services.a.loadbalancer.sticky.cookie.name': 'x' })
    assert.equal(services.get('a')?.stickyCookie?.name, 'x')
    assert.deepEqual(problems, [])
  })

  test('keeps a priority exact that a number cannot hold', () => {
    const { routers } = decodeLabels({ 'traefik.http.routers.web.priority': '9223372036854774807' })
    assert.equal(routers.get('web')?.priority, 9_223_372_036_854_774_807n)
  })
})

function prototypeShape(): readonly PropertyKey[] {
  return [Object.prototype, Array.prototype, Map.prototype].flatMap((prototype) => Reflect.ownKeys(prototype))
}
