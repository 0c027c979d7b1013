// The eleven version 3 matchers, one row each: how many arguments, and arguments → a function over the request head.
// Everything that can be computed from the arguments is computed here, once; the functions run for every request.
import type { RequestHead } from '../exchange/exchange.ts'
import { someFieldValue } from './field-values.ts'
import { nonAsciiHost, parentStart, parseHostPattern } from './host-pattern.ts'
import { parseIpRange } from './ip-range.ts'
import { escapePathArgument, readablePath } from './path-argument.ts'
import { someQueryValue } from './query-values.ts'
import { compileRegexp, ruleBudget } from '../expression/regexp.ts'
import type { Regexp, StepBudget } from '../expression/regexp.ts'
import { printRule } from './rule.ts'
import type { Flaw } from '../expression/flaw.ts'
import type { Call, MatcherName } from './rule.ts'

/** Does the request match? Pure, and called for every request: no allocation that can be avoided. */
export type Matcher = (head: RequestHead) => boolean

export interface ArgumentFlaw extends Flaw {
  /** Which argument, 0-based. */
  readonly argument: number
}

interface Row {
  readonly arity: readonly number[]
  /** A second argument that may be left out is then empty. */
  readonly build: (first: string, second: string, budget: StepBudget) => Matcher | ArgumentFlaw
}

const rows: Readonly<Record<MatcherName, Row>> = {
  Host: { arity: [1], build: host },
  HostRegexp: { arity: [1], build: (pattern, _, budget) => hostRegexp(pattern, budget) },
  Path: { arity: [1], build: (path) => pathMatcher('Path', path, (head, wanted) => head.path === wanted) },
  PathPrefix: {
    arity: [1],
    build: (prefix) => pathMatcher('PathPrefix', prefix, (head, wanted) => head.path.startsWith(wanted)),
  },
  PathRegexp: {
    arity: [1],
    build: (pattern, _, budget) =>
      withRegexp(pattern, 0, budget, (regexp) => (head) => regexp.test(readablePath(head.path))),
  },
  Method: { arity: [1], build: method },
  Header: { arity: [2], build: (name, wanted) => header(name, (value) => value === wanted) },
  HeaderRegexp: {
    arity: [2],
    build: (name, pattern, budget) =>
      withRegexp(pattern, 1, budget, (regexp) => header(name, (value) => regexp.test(value))),
  },
  Query: { arity: [1, 2], build: (key, wanted) => query(key, (value) => value === wanted) },
  QueryRegexp: { arity: [1, 2], build: queryRegexp },
  ClientIP: { arity: [1], build: clientIp },
}

export const matcherNames = Object.keys(rows) as MatcherName[]

/** The numbers of arguments it may have, ascending. */
export function matcherArity(name: MatcherName): readonly number[] {
  return rows[name].arity
}

/** The call as a function, or what is wrong with an argument. The number of arguments is the caller's to check. */
export function buildMatcher(
  { name, args: [first = '', second = ''] }: Call,
  budget = ruleBudget(),
): Matcher | ArgumentFlaw {
  return rows[name].build(first, second, budget)
}

function host(text: string): Matcher | ArgumentFlaw {
  const pattern = parseHostPattern(text)
  if ('reason' in pattern) return { argument: 0, ...pattern }
  // Whole names only: neither xa.local nor a.local.evil is a.local (CVE-2026-55602).
  switch (pattern.kind) {
    case 'host':
      return (head) => head.host === pattern.host
    case 'subdomains':
      return ({ host }) => parentStart(host) === host.length - pattern.parent.length && host.endsWith(pattern.parent)
    case 'any':
      return () => true
  }
}

function hostRegexp(pattern: string, budget: StepBudget): Matcher | ArgumentFlaw {
  const flaw = nonAsciiHost(pattern) ?? muxTemplate(pattern)
  if (flaw !== undefined) return { argument: 0, ...flaw }
  return withRegexp(pattern, 0, budget, (regexp) => (head) => regexp.test(head.host))
}

/** Version 2 wrote HostRegexp(`{sub:[a-z]+}.example.com`). Version 3 takes the brace literally, which no host contains. */
function muxTemplate(pattern: string): Flaw | undefined {
  const [template] = /\{[A-Za-z_]\w*(?::[^}]*)?\}/.exec(pattern) ?? []
  if (template === undefined) return undefined
  return {
    reason: `"${template}" is version 2 syntax and matches no host`,
    hint: 'write a plain regular expression, as in ^[a-z]+\\.example\\.com$',
  }
}

type PathMatch = (head: RequestHead, wanted: string) => boolean

function pathMatcher(name: 'Path' | 'PathPrefix', path: string, match: PathMatch): Matcher | ArgumentFlaw {
  if (!path.startsWith('/')) {
    return {
      argument: 0,
      reason: `the path "${path}" does not start with "/"`,
      hint: `write ${printRule({ kind: 'call', name, args: [`/${path}`] })}`,
    }
  }
  const wanted = escapePathArgument(path)
  return (head) => match(head, wanted)
}

function method(text: string): Matcher {
  const wanted = text.toUpperCase()
  return (head) => head.method === wanted
}

function header(name: string, test: (value: string) => boolean): Matcher | ArgumentFlaw {
  const wanted = name.toLowerCase()
  // The Host field is not what routes: it may carry a port, and an absolute target overrules it (RFC 9112 3.2.2).
  if (wanted === 'host')
    return { argument: 0, reason: 'the Host field is no header to match on', hint: 'write Host(`…`)' }
  return (head) => someFieldValue(head.fields, wanted, test)
}

function query(key: string, test: (value: string) => boolean): Matcher {
  return ({ query }) => query !== undefined && someQueryValue(query, key, test)
}

/** With the key alone it is Query: present with an empty value. */
function queryRegexp(key: string, pattern: string, budget: StepBudget): Matcher | ArgumentFlaw {
  if (pattern === '') return query(key, (value) => value === '')
  return withRegexp(pattern, 1, budget, (regexp) => query(key, (value) => regexp.test(value)))
}

function clientIp(text: string): Matcher | ArgumentFlaw {
  const range = parseIpRange(text)
  if (range !== undefined) return (head) => range.contains(head.clientIp)
  return {
    argument: 0,
    reason: `"${text}" is not an IP address or CIDR range`,
    hint: 'write it as 10.0.0.1, 10.0.0.0/8 or fe80::/10',
  }
}

function withRegexp(
  pattern: string,
  argument: number,
  budget: StepBudget,
  make: (regexp: Regexp) => Matcher | ArgumentFlaw,
): Matcher | ArgumentFlaw {
  const regexp = compileRegexp(pattern, budget)
  return 'reason' in regexp ? { argument, ...regexp } : make(regexp)
}
