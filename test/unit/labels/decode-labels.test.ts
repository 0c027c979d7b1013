import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { decodeLabels } from '../../../src/labels/decode-labels.ts'
import { labelSchema } from '../../../src/labels/label-schema.ts'
import { labelLimits } from '../../../src/labels/read-labels.ts'
import { schemaPaths } from '../../../src/labels/schema-paths.ts'
import { shownProblems } from '../../labels/shown.ts'

/** More of them: `FUZZ_RUNS=1000000 node --test test/unit/labels/decode-labels.test.ts`. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 1000)

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
const odd = [
  '',
  'true',
  'false',
  '{}',
  '80',
  '-1',
  '1m',
  'a,b',
  ',',
  '{{ .Name }}',
  'a\r\nX-Y: 1',
  'http://[::1]:0',
  '404,5',
]
const value = fc.oneof(fc.constantFrom(...odd), fc.string(), fc.string({ unit: 'binary', maxLength: 20 }))
const realLabel = fc.constantFrom(
  ...[...schemaPaths(labelSchema)].map(
    ({ path }) => `traefik.${path.replaceAll(/<[^>]+>/g, 'web').replaceAll('[n]', '[0]')}`,
  ),
)
const labels = fc.dictionary(fc.oneof(label, realLabel), value, { maxKeys: 20 })

describe('decodeLabels', () => {
  test('never throws, never reaches a prototype, and says the same of the same, whatever the labels', () => {
    const before = prototypeShape()
    const property = fc.property(labels, (given) => {
      const decoded = decodeLabels(given)
      assert.ok(isDeepStrictEqual(decodeLabels(given), decoded))
      // Nothing in a message may end a line of a log, or make one without end.
      for (const { reason, field = '' } of decoded.problems) {
        assert.ok(!/\p{Cc}/u.test(reason + field) && reason.length < 1500, reason)
      }
    })
    fc.assert(property, { numRuns: runs })
    assert.deepEqual(prototypeShape(), before)
  })

  test('takes little time for the worst that one container can hold', () => {
    const many = (label: (i: number) => string, value: string): Record<string, string> =>
      Object.fromEntries(Array.from({ length: labelLimits.count }, (_, i) => [label(i), value] as const))
    const long = 'x'.repeat(labelLimits.length)
    const cases = {
      'long values': many((i) => `traefik.http.routers.r${i}.rule`, long),
      'long names': many((i) => `traefik.http.routers.r${i}.${long.slice(100)}`, 'x'),
      'many typos': many((i) => `traefik.http.middlewares.m${i}.headers.accessControlAllowOriginListRegez`, 'x'),
      'many list entries': many((i) => `traefik.http.routers.r${i}.entrypoints`, ','.repeat(labelLimits.length)),
      'many users': many((i) => `traefik.http.middlewares.m${i}.basicauth.users`, 'a:b,'.repeat(1000)),
      'many ranges': many((i) => `traefik.http.middlewares.m${i}.ipallowlist.sourcerange`, '::/0,'.repeat(800)),
      'one plugin': many((i) => `traefik.http.middlewares.m.plugin.p.a${i}[${i}]`, long),
      digits: many((i) => `traefik.http.routers.r${i}.priority`, '9'.repeat(labelLimits.length)),
    }
    for (const [name, given] of Object.entries(cases)) {
      const took = Math.min(...[1, 2, 3].map(() => elapsed(() => decodeLabels(given))))
      assert.ok(took < 500, `${name}: ${took} ms`)
    }
  })

  test('does not depend on the order of the labels', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).toReversed())
        assert.deepEqual(decodeLabels(reversed), decodeLabels(given))
      }),
      { numRuns: Math.ceil(runs / 4) },
    )
  })

  test('takes back no good label because of others, unless they say the same field', () => {
    fc.assert(
      fc.property(labels, (given) => {
        const good = { 'muster.http.routers.good.rule': 'Path(`/`)', 'muster.http.routers.good.priority': '7' }
        const { rule, priority } = decodeLabels({ ...given, ...good }).routers.get('good') ?? {}
        assert.deepEqual({ rule, priority }, { rule: 'Path(`/`)', priority: 7n })
      }),
      { numRuns: Math.ceil(runs / 4) },
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

  test('counts a domain as one name, however many dots it has', () => {
    const { middlewares, problems } = decodeLabels({
      'muster.http.middlewares.m.passreverse.cookiedomain.a.b.c.d.example': 'shop.example.com',
    })
    assert.deepEqual(problems, [])
    const { kind, ...options } = middlewares.get('m') ?? {}
    assert.equal(kind, 'passReverse')
    assert.deepEqual('cookieDomain' in options && [...options.cookieDomain], [['a.b.c.d.example', 'shop.example.com']])
  })

  test('does not read a label with control characters, nor lets a value break out of its line', () => {
    const { routers, middlewares, problems } = decodeLabels({
      'traefik.http.routers.a\nb.rule': 'Path(`/`)',
      'traefik.http.routers.web.rule': 'Path(`/a`) ||\n  Path(`/b`)',
      'traefik.http.middlewares.to.redirectscheme.scheme': 'https\r\nSet-Cookie: a=b',
      'traefik.http.middlewares.csp.headers.contentsecuritypolicy': "default-src 'self';\n  img-src *\n",
      'traefik.http.middlewares.set.headers.customresponseheaders.X-A': 'a\u0000b',
    })
    assert.equal(routers.get('web')?.rule, 'Path(`/a`) ||\n  Path(`/b`)')
    const policy = middlewares.get('csp')
    assert.equal(policy?.kind === 'headers' && policy.contentSecurityPolicy, "default-src 'self';   img-src *")
    assert.deepEqual([...middlewares.keys()], ['csp'])
    assert.deepEqual(shownProblems({ problems }), [
      'error traefik.http.routers.a\\nb.rule: a label with control characters is not read',
      'error traefik.http.middlewares.set.headers.customresponseheaders.X-A (middleware "set"): the value has control characters, which an HTTP field cannot have',
      'error traefik.http.middlewares.to.redirectscheme.scheme (middleware "to"): the value has line breaks or other control characters',
    ])
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

function elapsed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function prototypeShape(): readonly PropertyKey[] {
  return [Object.prototype, Array.prototype, Map.prototype].flatMap((prototype) => Reflect.ownKeys(prototype))
}

for (const label of [
  'http.router.a.middlewares',
  'http.routes.a.middlewares',
  'http.routers[a].middlewares',
  'http.routers..a.middlewares',
  'http.routers.a..middlewares',
  'http.routers.a.middlewars',
]) {
  test(`what ${label} would have said of router "a" is told of that router: it may be its guard`, () => {
    const { problems } = decodeLabels({ 'traefik.http.routers.a.rule': 'Path(`/`)', [`traefik.${label}`]: 'auth' })
    assert.deepEqual(
      problems.map(({ severity, field, object }) => [severity, field, object]),
      [['error', `traefik.${label}`, { kind: 'router', name: 'a' }]],
    )
  })
}
