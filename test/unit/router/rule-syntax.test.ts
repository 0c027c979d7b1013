// Version 2 rules, read: what they are in version 3, and what is wrong with them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseRule } from '../../../src/router/rule-parser.ts'
import { printRule } from '../../../src/router/rule.ts'
import { rule } from './support.ts'

describe('a version 2 rule is, in version 3,', () => {
  const rows: readonly (readonly [v2: string, v3: string])[] = [
    ['Host(`a`)', 'Host(`a`)'],
    ['Host(`a`, `b`) && PathPrefix(`/x`)', '(Host(`a`) || Host(`b`)) && PathPrefix(`/x`)'],
    ['!hostheader(`a`,`b`)', '!(Host(`a`) || Host(`b`))'],
    ['HostRegexp(`a.local`)', 'Host(`a.local`)'],
    ['HostRegexp(`{sub:[a-z0-9-]+}.a.local`)', 'HostRegexp(`(?i)^[a-z0-9-]+\\.a\\.local$`)'],
    ['HostRegexp(`{a:x|y}{b}.local`)', 'HostRegexp(`(?i)^(?:x|y)[^.]+\\.local$`)'],
    ['Path(`/x`)', 'Path(`/x`)'],
    ['Path(`/x/{id}`, `/y`)', 'PathRegexp(`^/x/[^/]+$`) || Path(`/y`)'],
    ['PathPrefix(`/{a:[0-9]{2}}/`)', 'PathRegexp(`^/[0-9]{2}/`)'],
    ['PathPrefix(`/{a:(?i)x}/`)', 'PathRegexp(`^/(?:(?i)x)/`)'],
    ['Headers(`X`, `a`, `Y`, `b`)', 'Header(`X`, `a`) && Header(`Y`, `b`)'],
    ['HeadersRegexp(`X`, `a|b`)', 'HeaderRegexp(`X`, `a|b`)'],
    ['Query(`a=b`, `c={d}`)', 'Query(`a`, `b`) && QueryRegexp(`c`, `^.*$`)'],
    ['Method(`GET`, `POST`)', 'Method(`GET`) || Method(`POST`)'],
    ['ClientIP(`10.0.0.1`, `::1`)', 'ClientIP(`10.0.0.1`) || ClientIP(`::1`)'],
  ]
  for (const [v2, v3] of rows) {
    test(`${v3} for ${v2}`, () => {
      assert.equal(printRule(rule(v2, 'v2')), v3)
      assert.deepEqual(rule(v3), rule(v2, 'v2'))
    })
  }
})

const newer = 'this is version 3: set ruleSyntax=v3'

describe('a version 2 rule is refused with position, reason and hint', () => {
  const rows: readonly (readonly [text: string, position: number, reason: string, hint?: string])[] = [
    ['', 0, 'the rule is empty'],
    ['Host()', 0, 'Host takes arguments'],
    ['Path(`/a`, ``)', 11, 'an argument of Path is empty'],
    ['Hots(`a`, `b`)', 0, 'unknown matcher "Hots"', 'did you mean "Host"?'],
    ['Header(`X`, `a`)', 0, 'unknown matcher "Header"', newer],
    ['PathRegexp(`^/x`)', 0, 'unknown matcher "PathRegexp"', newer],
    ['Header(`X`, `a`) && Host(`a`, `b`)', 0, 'unknown matcher "Header"', 'did you mean "Headers"?'],
    ['Host(`*.a.local`)', 5, 'version 2 takes the "*" in "*.a.local" literally', newer],
    [
      'Host(`a`, `*.a`)',
      10,
      'version 2 takes the "*" in "*.a" literally',
      'write HostRegexp(`{sub:[^.]+}.example.com`)',
    ],
    ['Host(`a`, `bücher`)', 10, '"bücher" contains characters outside ASCII', 'write it in punycode: "xn--bcher-kva"'],
    ['HostRegexp(`{a}`, `bü`)', 18, '"bü" contains characters outside ASCII', 'write it in punycode'],
    ['HostRegexp(`^[a-z]+$`)', 11, 'version 2 takes "^[a-z]+$" literally, and no host contains it', newer],
    [
      'HostRegexp(`{a}`, `(b`)',
      18,
      'version 2 takes "(b" literally, and no host contains it',
      'write a regular expression in braces',
    ],
    ['HostRegexp("{test", "b")', 11, 'the braces in "{test" do not pair up', 'write {name} or {name:pattern}'],
    ['Path(`/a}`, `/b`)', 5, 'the braces in "/a}" do not pair up', 'write {name} or {name:pattern}'],
    ['Path(`/a{`, `/b`)', 5, 'the braces in "/a{" do not pair up', 'write {name} or {name:pattern}'],
    ['Path(`/{}`, `/b`)', 5, '"{}" lacks a name or a pattern', 'write {name} or {name:pattern}'],
    ['Path(`/{a:}`, `/b`)', 5, '"{a:}" lacks a name or a pattern', 'write {name} or {name:pattern}'],
    ['Path(`/{:a}`, `/b`)', 5, '"{:a}" lacks a name or a pattern', 'write {name} or {name:pattern}'],
    ['Path(`titi`)', 5, 'the path "titi" does not start with "/"', 'write Path(`/titi`)'],
    ['Path(`/a`, `{b}`)', 11, 'the path "{b}" does not start with "/"', 'write Path(`/{b}`)'],
    ['Path(`/{a:(}`, `/b`)', 5, 'bad regular expression: missing closing ): `(`'],
    ['Path(`/{a:x)|(.*}`, `/b`)', 5, 'bad regular expression: unexpected ): `x)|(.*`'],
    ['Path(`/{a:(?!x)}`, `/b`)', 5, 'bad regular expression: invalid or unsupported Perl syntax', 'RE2 has no look'],
    ['Path(`/{a:\\Qx}/`, `/b`)', 5, 'bad regular expression: missing closing )'],
    ['Path(`/{a:x{1000}}{b:y{1000}}`, `/b`)', 5, 'the regular expression compiles to', 'use smaller repeat counts'],
    [
      `Path(${Array.from({ length: 11 }, () => '`/{n:a{990}b{990}}`').join()})`,
      205,
      'the regular expression brings the rule to more than 20000 steps',
      'use smaller repeat counts',
    ],
    ['Headers(`titi`)', 8, '"titi" is a name without a value'],
    ['Headers(`X`, `a`, `Y`)', 18, '"Y" is a name without a value'],
    ['Headers(`X`, `a`, `Host`, `b`)', 18, 'the Host field is no header to match on', 'write Host(`…`)'],
    ['HeadersRegexp(`X`,`(a`)', 18, 'bad regular expression: missing closing ): `(a`'],
    ['Query(`titi`)', 6, '"titi" is no key with a value', newer],
    ['Query(`a=b`, `c`, `d=e`)', 18, '"e" is no key with a value', 'write Query(`key=value`)'],
    ['Query(`=b`, `c=d`, `e=f`)', 6, '"" is no key with a value', 'write Query(`key=value`)'],
    ['Query(`{a}=b`, `c=d`, `e=f`)', 6, '"{a}" is no key with a value', 'write Query(`key=value`)'],
    ['Query(`titi={test`, `a=b`, `c=d`)', 6, 'the braces in "{test" do not pair up', 'write {name} or {name:pattern}'],
    ['Query(`a=b`, `c={d:(}`, `e=f`)', 13, 'bad regular expression: missing closing ): `(`'],
    ['ClientIP(`10.0.0.1`, `invalid`)', 21, '"invalid" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  ]
  for (const [text, position, reason, hint] of rows) {
    test(text.slice(0, 60), () => {
      const parsed = parseRule(text, 'v2')
      assert.ok(!parsed.ok)
      assert.ok(parsed.error.reason.startsWith(reason), parsed.error.reason)
      assert.equal(parsed.error.position, position)
      if (hint === undefined) assert.equal(parsed.error.hint, undefined)
      else assert.ok(parsed.error.hint?.startsWith(hint), parsed.error.hint)
    })
  }
})
