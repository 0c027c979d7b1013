// Request heads and rules for the router's tests.
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { RequestHead } from '../../../src/exchange/exchange.ts'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { parseRule } from '../../../src/router/rule-parser.ts'
import type { Call, Rule } from '../../../src/router/rule.ts'

export function head(parts: Partial<RequestHead> = {}): RequestHead {
  return { method: 'GET', host: 'a.local', path: '/', query: undefined, fields: [], clientIp: '192.0.2.1', ...parts }
}

export function rule(text: string): Rule {
  const parsed = parseRule(text)
  assert.ok(parsed.ok, `${text}: ${parsed.ok ? '' : parsed.error.reason}`)
  return parsed.rule
}

export function matches(text: string, parts: Partial<RequestHead>): boolean {
  return compileMatcher(rule(text))(head(parts))
}

/** Rule trees over the given calls, as the parser would build them. */
export function ruleTrees(calls: fc.Arbitrary<Call>): fc.Arbitrary<Rule> {
  return fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      calls,
      tie('rule').map((operand): Rule => ({ kind: 'not', operand })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('rule'), { minLength: 2, maxLength: 4 }))
        .map(([kind, operands]): Rule => ({ kind, operands })),
    ),
  })).rule
}

/** Calls and heads out of so few values that they often meet. */
export const commonCalls: fc.Arbitrary<Call> = fc.oneof(
  call('Host', ['a.local', 'A.Local.', 'b.local', 'x.a.local', '*.a.local', '*.LOCAL', '*', '::1']),
  call('HostRegexp', ['^a', 'local$', '^x\\.a']),
  call('Path', ['/', '/api', '/a b', '/%7euser']),
  call('PathPrefix', ['/', '/api', '/api/', '/%7Euser']),
  call('PathRegexp', ['^/api', 'i$']),
  call('Method', ['get', 'POST']),
)

export const commonHeads: fc.Arbitrary<RequestHead> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'get'),
  host: fc.constantFrom(
    '',
    'a.local',
    'b.local',
    'x.a.local',
    'y.x.a.local',
    'xa.local',
    'a.local.evil',
    '::1',
    'local',
  ),
  path: fc.constantFrom('/', '/api', '/api/', '/apis', '/a%20b', '/~user'),
  query: fc.constant(undefined),
  fields: fc.constant([]),
  clientIp: fc.constant('192.0.2.1'),
})

/** Calls of one matcher with one of the values. */
export function call(name: Call['name'], values: readonly string[]): fc.Arbitrary<Call> {
  return callOf(name, fc.tuple(fc.constantFrom(...values)))
}

export function callOf(name: Call['name'], args: fc.Arbitrary<string[]>): fc.Arbitrary<Call> {
  return args.map((args) => ({ kind: 'call', name, args }))
}
