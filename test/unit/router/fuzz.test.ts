// L12: rules of either version against a slow reference, and text of any kind against the parser. FUZZ_RUNS=1000000 for long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { RequestHead } from '../../../src/exchange/exchange.ts'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { parseRule } from '../../../src/router/rule-parser.ts'
import { printRule } from '../../../src/router/rule.ts'
import type { Call, Rule } from '../../../src/router/rule.ts'
import { holds, version2, version3 } from './reference.ts'
import type { AnyRule } from './reference.ts'
import { rule, ruleTrees } from './support.ts'

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)

// Names and arguments of version 2 in a tree that is made, and printed, like one of version 3.
type Calls = fc.Arbitrary<Call>

function calls(name: string, ...args: readonly fc.Arbitrary<string>[]): Calls {
  return fc.tuple(...args).map((values) => ({ kind: 'call', name: name as Call['name'], args: values }))
}

function manyOf(name: string, value: fc.Arbitrary<string>): Calls {
  return fc
    .array(value, { minLength: 1, maxLength: 3 })
    .map((args) => ({ kind: 'call', name: name as Call['name'], args }))
}

function of<T>(...choices: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...choices)
}

const hostNames = of('a.local', 'A.Local.', 'b.local', 'x.a.local', 'local', 'ab')
const pathTexts = of('/', '/api', '/api/', '/a b', '/%7euser', '/é', '/v1.0', '/a%2Fb')
const methodNames = of('get', 'POST', 'Put')
const fieldNames = of('X-A', 'x-a', 'X-B')
const fieldTexts = of('a', 'b', 'ab', 'a.b')
const patterns = of('a', '^a', 'b$', '^[a-b]+$', 'a|b', '^(?:a.)?b', '[^a]', '\\.', '^.$')
const keys = of('a', 'b', 'x y')
const values = of('1', '2', 'a b', 'é', 'a.b')
const ranges = of('10.0.0.1', '10.0.0.0/8', '10.0.0.2/31', '0.0.0.0/0', '192.168.0.0/16')

const callsV3 = fc.oneof(
  calls('Host', fc.oneof(hostNames, of('*.a.local', '*.Local', '*'))),
  calls('HostRegexp', patterns),
  calls('Path', pathTexts),
  calls('PathPrefix', pathTexts),
  calls('PathRegexp', fc.oneof(patterns, of('^/[a-z ]+$', '^/.$', '/$', '%2F'))),
  calls('Method', methodNames),
  calls('Header', fieldNames, fieldTexts),
  calls('HeaderRegexp', fieldNames, patterns),
  calls('Query', keys),
  calls('Query', keys, values),
  calls('QueryRegexp', keys),
  calls('QueryRegexp', keys, patterns),
  calls('ClientIP', ranges),
)

// Placeholders between bits of text: neither may leak into the other.
const placeholders = of(
  '{n}',
  '{n:a+}',
  '{n:a|b}',
  '{n:[a-z]{1,2}}',
  '{n:(?:a\\.)?}',
  '{n:.*}',
  '{n:[0-9.]+}',
  '{n:\\w}',
)

function templates(literal: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const parts = fc.array(fc.oneof(literal, placeholders), { minLength: 1, maxLength: 4 })
  return parts.map((all) => all.join(''))
}

const pathTemplates = fc.oneof(
  pathTexts,
  templates(of('a', '/', '.', ' ', 'é', 'api', '%2F', '+', '~')).map((text) => `/${text}`),
)
const hostTemplates = fc.oneof(hostNames.map(lastDot), templates(of('a', '.', 'Local', '-', 'x')).map(lastDot))
const queryTexts = fc
  .tuple(keys, fc.oneof(values, of(''), templates(of('1', 'a', '.', ' ', '+'))))
  .map(([key, value]) => `${key}=${value}`)

/** gorilla/mux sees a host's trailing dot where we do not. */
function lastDot(host: string): string {
  return host.replace(/\.+$/, '')
}

const callsV2 = fc.oneof(
  manyOf('Host', hostNames),
  manyOf('HostHeader', hostNames),
  manyOf(
    'HostRegexp',
    hostTemplates.filter((text) => text !== ''),
  ),
  manyOf('Path', pathTemplates),
  manyOf('PathPrefix', pathTemplates),
  manyOf('Method', methodNames),
  calls('Headers', fieldNames, fieldTexts),
  calls('Headers', fieldNames, fieldTexts, fieldNames, fieldTexts),
  calls('HeadersRegexp', fieldNames, patterns),
  calls('HeadersRegexp', fieldNames, patterns, fieldNames, patterns),
  manyOf('Query', queryTexts),
  manyOf('ClientIP', ranges),
)

const heads: fc.Arbitrary<RequestHead> = fc.record({
  method: of('GET', 'POST', 'PUT', 'get'),
  host: of('a.local', 'b.local', 'x.a.local', 'y.x.a.local', 'local', 'ab', 'a-local', 'a', ''),
  path: of(
    '/',
    '/api',
    '/api/',
    '/apis',
    '/a%20b',
    '/~user',
    '/%C3%A9',
    '/v1.0',
    '/v1x0',
    '/a%2Fb',
    '/a',
    '/aa/b',
    '/+',
  ),
  query: of<string | undefined>(
    undefined,
    '',
    'a=1',
    'b=2&a=1',
    'a',
    'a=a+b',
    'x+y=%C3%A9',
    'b=a.b',
    'b=axb',
    'a=ab',
    'a=%2B',
  ),
  fields: of<string[]>([], ['X-A', 'a'], ['x-a', 'b', 'X-A', 'a'], ['X-B', 'ab', 'x-a', 'a.b'], ['X-B', 'b']),
  clientIp: of('10.0.0.1', '10.0.0.3', '11.0.0.1', '192.168.3.4'),
  secure: fc.boolean(),
})

test('version 3 rules match what the reference says', () => {
  fc.assert(
    fc.property(ruleTrees(callsV3), fc.array(heads, { minLength: 1, maxLength: 8 }), (tree, requests) => {
      const matches = compileMatcher(rule(printRule(tree)))
      for (const request of requests) agree(matches(request), tree, request, version3)
    }),
    { numRuns },
  )
})

test('version 2 rules match what the reference says, and so does the version 3 text shown for them', () => {
  fc.assert(
    fc.property(ruleTrees(callsV2), fc.array(heads, { minLength: 1, maxLength: 8 }), (tree, requests) => {
      const text = printRule(tree)
      const translated = rule(text, 'v2')
      assert.deepEqual(rule(printRule(translated)), translated)
      const matches = compileMatcher(translated)
      for (const request of requests) agree(matches(request), tree, request, version2)
    }),
    { numRuns },
  )
})

function agree(matched: boolean, tree: Rule, request: RequestHead, meanings: typeof version2): void {
  const expected = holds(tree satisfies AnyRule, request, meanings)
  assert.equal(matched, expected, `${printRule(tree)} for ${JSON.stringify(request)}`)
}

const bits = of(
  ...'Host HostRegexp Headers Query Path PathRegexp ( ) , ! && || ` " \\ a / * [ ] { } {n: {n} = {9} | ^ $ \\Q (?i) é 😀'.split(
    ' ',
  ),
  ' ',
  '\n',
)
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(bits, { maxLength: 30 }).map((parts) => parts.join('')),
  // Well-formed around arguments of any kind, or the parser would rarely get to see those.
  fc
    .tuple(of('Host', 'HostRegexp', 'Path', 'PathPrefix', 'Query', 'HeadersRegexp', 'ClientIP'), fc.array(bits))
    .map(([name, parts]) => `${name}(\`/${parts.join('').replaceAll('`', '')}\`)`),
)

test('the parser takes or refuses any text by value, and what it takes is printed and read back the same', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom('v2', 'v3'), (text, syntax) => {
      const parsed = parseRule(text, syntax)
      if (parsed.ok) assert.deepEqual(rule(printRule(parsed.rule)), parsed.rule)
      else assert.ok(parsed.error.position >= 0 && parsed.error.position <= text.length)
    }),
    { numRuns },
  )
})
