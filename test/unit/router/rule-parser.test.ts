import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { parseRule } from '../../../src/router/rule-parser.ts'
import { printRule } from '../../../src/router/rule.ts'
import type { Rule } from '../../../src/router/rule.ts'
import { callOf, rule, ruleTrees } from './support.ts'

const a: Rule = { kind: 'call', name: 'Host', args: ['a'] }
const b: Rule = { kind: 'call', name: 'Host', args: ['b'] }
const c: Rule = { kind: 'call', name: 'Host', args: ['c'] }

describe('parseRule', () => {
  test('reads one matcher', () => {
    assert.deepEqual(rule('Host(`a`)'), a)
    assert.deepEqual(rule(' Host (\n"a" ,\t) '), a)
    assert.deepEqual(rule('((Host(`a`)))'), a)
    assert.deepEqual(rule('Header(`X-A`, "v")'), { kind: 'call', name: 'Header', args: ['X-A', 'v'] })
  })

  test('binds ! before && before ||', () => {
    const expected: Rule = {
      kind: 'or',
      operands: [{ kind: 'and', operands: [{ kind: 'not', operand: a }, b] }, c],
    }
    assert.deepEqual(rule('!Host(`a`) && Host(`b`) || Host(`c`)'), expected)
    assert.deepEqual(rule('((!Host(`a`)&&Host(`b`)))||(Host(`c`))'), expected)
  })

  test('keeps parentheses that change the meaning', () => {
    assert.deepEqual(rule('!(Host(`a`) || Host(`b`)) && Host(`c`)'), {
      kind: 'and',
      operands: [{ kind: 'not', operand: { kind: 'or', operands: [a, b] } }, c],
    })
  })

  test('reads a chain of one operator as one node', () => {
    assert.deepEqual(rule('Host(`a`) || Host(`b`) || Host(`c`)'), { kind: 'or', operands: [a, b, c] })
  })

  test('accepts the four spellings of a matcher name that Traefik accepts, and no others', () => {
    for (const name of ['PathPrefix', 'pathprefix', 'PATHPREFIX', 'Pathprefix']) {
      assert.deepEqual(rule(`${name}(\`/a\`)`), { kind: 'call', name: 'PathPrefix', args: ['/a'] })
    }
    for (const name of ['ClientIP', 'clientip', 'CLIENTIP', 'Clientip']) {
      assert.deepEqual(rule(`${name}(\`::1\`)`), { kind: 'call', name: 'ClientIP', args: ['::1'] })
    }
    for (const name of ['pathPrefix', 'pATHPREFIX', 'PathprefiX']) assert.equal(parseRule(`${name}(\`/a\`)`).ok, false)
  })

  test('reads the escapes of a double-quoted string as Go does', () => {
    const values = [
      ['"a\\"\\\\b"', 'a"\\b'],
      ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
      ['"\\x41\\101\\u00e9\\U0001F600"', 'AAé😀'],
      ['"\\xc3\\xa9 \\303\\251"', 'é é'],
      ['"é😀`"', 'é😀`'],
    ]
    for (const [literal, value] of values) {
      assert.deepEqual(rule(`Header("X", ${literal})`), { kind: 'call', name: 'Header', args: ['X', value] })
    }
  })

  test('takes a backtick string as it stands, but for carriage returns', () => {
    assert.deepEqual(rule('Header(`X`, `a\\n"\r\n\'`)'), { kind: 'call', name: 'Header', args: ['X', 'a\\n"\n\''] })
  })

  test('accepts a rule at its limits', () => {
    assert.deepEqual(rule(`${'('.repeat(64)}Host(\`a\`)${')'.repeat(64)}`), a)
    assert.equal(parseRule(`Path(\`/${'a'.repeat(16_384 - 9)}\`)`).ok, true)
  })
})

const refused: readonly (readonly [text: string, position: number, reason: string, hint?: string])[] = [
  ['', 0, 'the rule is empty'],
  [' \n', 0, 'the rule is empty'],
  ['Hots(`a`)', 0, 'unknown matcher "Hots"', 'did you mean "Host"?'],
  ['Host(`a`) && Pathprefx(`/`)', 13, 'unknown matcher "Pathprefx"', 'did you mean "PathPrefix"?'],
  ['Headers(`X`, `a`)', 0, 'unknown matcher "Headers"', 'write Header(`X`, `a`), or set ruleSyntax=v2'],
  ['Headers(`X`, `a`) && PathRegexp(`b`)', 0, 'unknown matcher "Headers"', 'did you mean "Header"?'],
  ['HostHeader(`a`)', 0, 'unknown matcher "HostHeader"', 'write Host(`a`), or set ruleSyntax=v2'],
  ['HostHeader(`a`) && PathRegexp(`b`)', 0, 'unknown matcher "HostHeader"', 'version 3 calls it "Host"'],
  [
    'Zebra(`a`)',
    0,
    'unknown matcher "Zebra"',
    'the matchers are Host, HostRegexp, Path, PathPrefix, PathRegexp, Method, Header, HeaderRegexp, Query, QueryRegexp, ClientIP',
  ],
  ['__proto__(`a`)', 0, 'unknown matcher "__proto__"', 'the matchers are'],
  ['Host(`a`, `b`)', 0, 'Host takes 1 argument, not 2', 'write Host(`a`) || Host(`b`), or set ruleSyntax=v2'],
  ['Host(`a`, `b`) && PathRegexp(`c`)', 0, 'Host takes 1 argument, not 2', 'write Host(`a`) || Host(`b`)'],
  [
    'Method(`GET`,`POST`,`PUT`)',
    0,
    'Method takes 1 argument, not 3',
    'write Method(`GET`) || Method(`POST`) || Method(`PUT`)',
  ],
  ['Host()', 0, 'Host takes 1 argument, not 0'],
  ['Header(`X`)', 0, 'Header takes 2 arguments, not 1'],
  ['Query(`a`, `b`, `c`)', 0, 'Query takes 1 or 2 arguments, not 3'],
  ['Host(``)', 5, 'an argument of Host is empty'],
  ['Query(`a`, "")', 11, 'an argument of Query is empty'],
  ['Host(,)', 5, 'expected an argument, found ","', 'write arguments in backticks or double quotes'],
  ['Host(a.local)', 5, 'expected an argument, found "a"', 'write arguments in backticks or double quotes'],
  ['Host(`a` `b`)', 9, 'expected ")", found "b"'],
  ['Host(`a', 5, 'the string is never closed', 'end it with a backtick'],
  ['Host("a', 5, 'the string is never closed', 'end it with a double quote'],
  ['Host("a\n")', 5, 'the string is never closed', 'end it with a double quote'],
  ['Host("a\\")', 5, 'the string is never closed', 'end it with a double quote'],
  ["Host('a')", 5, 'single quotes do not make a string', 'use backticks or double quotes'],
  ['Host(“a”)', 5, '"“" does not make a string', 'use backticks or straight double quotes'],
  ['PathRegexp("^/\\d")', 14, 'unknown escape "\\d"', 'in backticks a backslash stands for itself'],
  ['Host("\\ud800")', 6, 'unknown escape "\\u"', 'in backticks a backslash stands for itself'],
  ['Host("\\U00110000")', 6, 'unknown escape "\\U"', 'in backticks a backslash stands for itself'],
  ['Host("\\400")', 6, 'unknown escape "\\4"', 'in backticks a backslash stands for itself'],
  ['Host(`a`', 4, 'the parenthesis is never closed'],
  ['Host(', 4, 'the parenthesis is never closed'],
  ['(Host(`a`) && (Host(`b`) || Host(`c`))', 0, 'the parenthesis is never closed'],
  ['(Host(`a`) Host(`b`))', 11, 'expected ")", found "Host"'],
  ['Host', 4, 'expected "(" after Host, found the end'],
  ['Host `a`', 5, 'expected "(" after Host, found "a"'],
  ['`a`', 0, 'expected a matcher, found "a"'],
  ['Host(`a`) &&', 12, 'expected a matcher, found the end'],
  ['&& Host(`a`)', 0, 'expected a matcher, found "&&"'],
  ['()', 1, 'expected a matcher, found ")"'],
  ['Host(`a`) Host(`b`)', 10, 'expected the end of the rule, found "Host"', 'join matchers with && or ||'],
  ['Host(`a`), Host(`b`)', 9, 'expected the end of the rule, found ","', 'join matchers with && or ||'],
  ['Host(`a`))', 9, 'expected the end of the rule, found ")"', 'no parenthesis is open'],
  ['Host(`a`) & Host(`b`)', 10, '"&" is not an operator', 'write "&&"'],
  ['Host(`a`) | Host(`b`)', 10, '"|" is not an operator', 'write "||"'],
  ['Host:a.local', 4, 'unexpected character ":"'],
  ['Host(`a`) == Host(`b`)', 10, 'unexpected character "="'],
  ['😀', 0, 'unexpected character "😀"'],
  ['Path(`api`)', 5, 'the path "api" does not start with "/"', 'write Path(`/api`)'],
  ['PathPrefix("a`b")', 11, 'the path "a`b" does not start with "/"', 'write PathPrefix("/a`b")'],
  [
    'Host(`b.local`) || Host(`bücher.local`)',
    24,
    '"bücher.local" contains characters outside ASCII',
    'write it in punycode: "xn--bcher-kva.local"',
  ],
  [
    'HostRegexp(`^bü\\.local$`)',
    11,
    '"^bü\\.local$" contains characters outside ASCII',
    'write the host in punycode (xn--…)',
  ],
  [
    'Host(`**.a.local`)',
    5,
    '"**.a.local" is not a host: a wildcard stands for exactly the first label',
    'write Host(`*.example.com`)',
  ],
  ['Host(`x*.a.local`)', 5, '"x*.a.local" is not a host', 'write Host(`*.example.com`)'],
  ['Host(`a.*.local`)', 5, '"a.*.local" is not a host', 'write Host(`*.example.com`)'],
  ['Host(`.`)', 5, '"." names no host', 'write Host(`*`) for any host'],
  [
    'HostRegexp(`{sub:[a-z]+}.a.local`)',
    11,
    '"{sub:[a-z]+}" is version 2 syntax and matches no host',
    'write HostRegexp(`(?i)^[a-z]+\\.a\\.local$`), or set ruleSyntax=v2',
  ],
  [
    'HostRegexp(`{sub:[a-z]+}.a.local`) && PathRegexp(`b`)',
    11,
    '"{sub:[a-z]+}" is version 2 syntax and matches no host',
    'write a plain regular expression',
  ],
  ['PathRegexp(`^/(a`)', 11, 'bad regular expression: missing closing ): `^/(a`'],
  ['QueryRegexp(`a`, `*`)', 17, 'bad regular expression: missing argument to repetition operator: `*`'],
  [
    'HeaderRegexp(`X`, `(?!a)b`)',
    18,
    'bad regular expression: invalid or unsupported Perl syntax: `(?!`',
    'RE2 has no look-around',
  ],
  [
    'PathRegexp(`(a)\\1`)',
    11,
    'bad regular expression: invalid escape sequence: `\\1`',
    'RE2 has no look-around and no back-references',
  ],
  [
    `PathRegexp(\`${'a'.repeat(1025)}\`)`,
    11,
    'the regular expression is 1025 characters long; the limit is 1024',
    'use smaller repeat counts',
  ],
  [
    'PathRegexp(`a{1000}b{1000}c{1000}`)',
    11,
    'the regular expression compiles to 3002 steps; the limit is 2000',
    'use smaller repeat counts',
  ],
  [
    Array.from({ length: 11 }, () => 'PathRegexp(`a{990}b{990}`)').join(' || '),
    311,
    'the regular expression brings the rule to more than 20000 steps',
    'use smaller repeat counts',
  ],
  ['Header(`host`, `a`)', 7, 'the Host field is no header to match on', 'write Host(`…`)'],
  ['ClientIP(`10.0.0.256`)', 9, '"10.0.0.256" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  ['ClientIP(`10.0.0.0/33`)', 9, '"10.0.0.0/33" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  ['ClientIP(`::1/129`)', 9, '"::1/129" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  ['ClientIP(`10.0.0.0/`)', 9, '"10.0.0.0/" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  ['ClientIP(`fe80::1%eth0`)', 9, '"fe80::1%eth0" is not an IP address or CIDR range', 'write it as 10.0.0.1'],
  [`${'('.repeat(65)}Host(\`a\`)${')'.repeat(65)}`, 64, 'the rule is nested deeper than 64 levels'],
  [`${'!'.repeat(5000)}Host(\`a\`)`, 64, 'the rule is nested deeper than 64 levels'],
  [`Path(\`/${'é'.repeat(8192)}\`)`, 0, 'the rule is 16393 bytes long; the limit is 16384'],
]

describe('parseRule refuses with position, reason and hint', () => {
  for (const [text, position, reason, hint] of refused) {
    test(text.length > 60 ? `${text.slice(0, 60)}…` : text, () => {
      const parsed = parseRule(text)
      assert.ok(!parsed.ok)
      assert.equal(parsed.error.position, position)
      assert.ok(parsed.error.reason.startsWith(reason), parsed.error.reason)
      if (hint === undefined) assert.equal(parsed.error.hint, undefined)
      else assert.ok(parsed.error.hint?.startsWith(hint), parsed.error.hint)
    })
  }

  test('any text, by value: it never throws', () => {
    const bits = fc.constantFrom(
      'Host',
      'Query',
      'PathRegexp',
      '(',
      ')',
      ',',
      '!',
      '&&',
      '||',
      '`',
      '"',
      '\\',
      ' ',
      'a',
      '/',
      '*',
      '[',
      '{9}',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(bits).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseRule(text)
          if (!parsed.ok) assert.ok(parsed.error.position >= 0 && parsed.error.position <= text.length)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('printRule', () => {
  test('prints text that parses to the same tree, whatever stands in the arguments', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 })
    const calls = fc.oneof(
      callOf('Header', fc.tuple(fc.constant('X'), text)),
      callOf('Path', fc.tuple(text.map((t) => `/${t}`))),
      callOf('Query', fc.array(text, { minLength: 1, maxLength: 2 })),
    )
    fc.assert(fc.property(ruleTrees(calls), (tree) => assert.deepEqual(rule(printRule(tree)), tree)))
  })

  test('lets no argument end its own quotes', () => {
    const evil: Rule = { kind: 'call', name: 'Host', args: ['a`) || PathPrefix(`/'] }
    assert.equal(printRule(evil), 'Host("a`) || PathPrefix(`/")')
    assert.equal(
      printRule({ kind: 'call', name: 'Host', args: ['a`") || PathPrefix("/'] }),
      'Host("a`\\") || PathPrefix(\\"/")',
    )
  })

  test('writes no parentheses that do nothing', () => {
    const text = '!Host(`a`) && Host(`b`) || !(Host(`a`) || Host(`b`)) && (Host(`b`) || Host(`c`))'
    assert.equal(printRule(rule(text)), text)
  })
})
