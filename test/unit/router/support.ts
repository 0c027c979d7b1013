// Request heads and rules for the router's tests.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { RequestHead } from '../../../src/exchange/exchange.ts'
import type { RuleSyntax } from '../../../src/model/dynamic-config.ts'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { parseRule } from '../../../src/router/rule-parser.ts'
import type { Call, Rule } from '../../../src/router/rule.ts'

export function head(parts: Partial<RequestHead> = {}): RequestHead {
  return {
    method: 'GET',
    host: 'a.local',
    path: '/',
    query: undefined,
    fields: [],
    clientIp: '192.0.2.1',
    secure: false,
    ...parts,
  }
}

export function rule(text: string, syntax: RuleSyntax = 'v3'): Rule {
  const parsed = parseRule(text, syntax)
  assert.ok(parsed.ok, `${text}: ${parsed.ok ? '' : parsed.error.reason}`)
  return parsed.rule
}

export function matches(text: string, parts: Partial<RequestHead>, syntax: RuleSyntax = 'v3'): boolean {
  return compileMatcher(rule(text, syntax))(head(parts))
}

/** A rule, then requests it matches and requests it does not. */
export type Row = readonly [rule: string, yes: readonly Partial<RequestHead>[], no: readonly Partial<RequestHead>[]]

export function table(subject: string, rows: readonly Row[], syntax: RuleSyntax = 'v3'): void {
  describe(subject, () => {
    for (const [text, yes, no] of rows) {
      test(`${text} matches what it should and nothing else`, () => {
        for (const parts of yes) assert.equal(matches(text, parts, syntax), true, JSON.stringify(parts))
        for (const parts of no) assert.equal(matches(text, parts, syntax), false, JSON.stringify(parts))
      })
    }
  })
}

export const hosts = (...names: string[]): Partial<RequestHead>[] => names.map((host) => ({ host }))
export const paths = (...names: string[]): Partial<RequestHead>[] => names.map((path) => ({ path }))
export const methods = (...names: string[]): Partial<RequestHead>[] => names.map((method) => ({ method }))
export const queries = (...texts: (string | undefined)[]): Partial<RequestHead>[] => texts.map((query) => ({ query }))
export const clients = (...addresses: string[]): Partial<RequestHead>[] => addresses.map((clientIp) => ({ clientIp }))
export const fields = (...lists: string[][]): Partial<RequestHead>[] => lists.map((list) => ({ fields: list }))

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
  secure: fc.constant(false),
})

/** Calls of one matcher with one of the values. */
export function call(name: Call['name'], values: readonly string[]): fc.Arbitrary<Call> {
  return callOf(name, fc.tuple(fc.constantFrom(...values)))
}

export function callOf(name: Call['name'], args: fc.Arbitrary<string[]>): fc.Arbitrary<Call> {
  return args.map((args) => ({ kind: 'call', name, args }))
}
