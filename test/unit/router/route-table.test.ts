import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { RequestHead } from '../../../src/exchange/exchange.ts'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { rankRoutes } from '../../../src/router/route-order.ts'
import { RouteTable } from '../../../src/router/route-table.ts'
import type { Route } from '../../../src/router/route-table.ts'
import { printRule } from '../../../src/router/rule.ts'
import type { Rule } from '../../../src/router/rule.ts'
import { call, commonCalls, commonHeads, head, rule, ruleTrees } from './support.ts'

const unreachable = (): Promise<void> => assert.fail('the route table calls no handler')

function route(name: string, ruleText: string, priority?: bigint): Route {
  return { name, rule: rule(ruleText), ruleText, priority, handler: unreachable }
}

type Find = RouteTable['find']

function buildRouteTable(routes: readonly Route[]): Find {
  const table = new RouteTable()
  table.update(byName(routes))
  return (request) => table.find(request)
}

function byName(routes: readonly Route[]): Map<string, Route> {
  return new Map(routes.map((one) => [one.name, one]))
}

function names(...routes: Route[]): string[] {
  return rankRoutes(routes).map(({ name }) => name)
}

describe('the order of routes', () => {
  test('is by the length of the rule, so that the deeper prefix of the demo wins', () => {
    const pages = route('a-pages@docker', 'Host(`demo.res.ch`) && PathPrefix(`/`)')
    const jokes = route('z-jokes@docker', 'Host(`demo.res.ch`) && PathPrefix(`/api/jokes/`)')
    assert.deepEqual(names(pages, jokes), ['z-jokes@docker', 'a-pages@docker'])
    const find = buildRouteTable([pages, jokes])
    assert.equal(find(head({ host: 'demo.res.ch', path: '/api/jokes/1' })), jokes)
    assert.equal(find(head({ host: 'demo.res.ch', path: '/api/jokes' })), pages)
    assert.equal(find(head({ host: 'other.res.ch' })), undefined)
  })

  test('is by name where priority and length are equal', () => {
    const [a, b, upper] = [
      route('a@docker', 'Host(`a.local`)'),
      route('b@docker', 'Host(`a.local`)'),
      route('B@docker', 'Host(`a.local`)'),
    ]
    assert.deepEqual(names(b, a, upper), ['B@docker', 'a@docker', 'b@docker'])
    assert.equal(buildRouteTable([b, a])(head()), a)
    assert.equal(buildRouteTable([a, b])(head()), a)
  })

  test('is by explicit priority first, where 0 is none', () => {
    const long = route('long', 'PathPrefix(`/a-rather-long-prefix`)')
    assert.deepEqual(
      names(route('high', 'Path(`/`)', 1000n), long, route('low', 'Path(`/`)', -1n), route('zero', 'Path(`/`)', 0n)),
      ['high', 'long', 'zero', 'low'],
    )
  })

  test('tells priorities apart that are equal as numbers', () => {
    const max = 9_223_372_036_854_775_807n
    assert.deepEqual(names(route('a', 'Path(`/`)', max - 1n), route('b', 'Path(`/`)', max)), ['b', 'a'])
    assert.deepEqual(names(route('a', 'Path(`/`)', -max - 1n), route('b', 'Path(`/`)', -max)), ['b', 'a'])
    assert.deepEqual(names(route('a', 'Path(`/`)', 2n ** 53n), route('b', 'Path(`/`)', 2n ** 53n + 1n)), ['b', 'a'])
    assert.deepEqual(names(route('a', 'Path(`/`)', max), route('b', 'Path(`/long`)', max)), ['b', 'a'])
  })

  test('prefers the longer rule where an explicit priority equals a length', () => {
    assert.deepEqual(names(route('a', 'Path(`/`)', 12n), route('b', 'Path(`/abc`)')), ['b', 'a'])
  })

  test('counts bytes, not characters', () => {
    assert.deepEqual(names(route('a', 'Path(`/eeeee`)'), route('b', 'Path(`/ééé`)')), ['b', 'a'])
  })

  test('does not depend on the order the routes come in', () => {
    const routes = fc
      .array(ruleTrees(commonCalls), { maxLength: 12 })
      .map((trees) => trees.map((tree, i) => routeOf(tree, i)))
    const shuffled = routes.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    fc.assert(
      fc.property(shuffled, (all) => {
        assert.deepEqual(names(...all), names(...all.toSorted((a, b) => (a.name < b.name ? -1 : 1))))
      }),
    )
  })
})

describe('the route table', () => {
  test('finds by host, by wildcard and by neither, in the one order', () => {
    const exact = route('exact', 'Host(`x.a.local`)', 2n)
    const wildcard = route('wildcard', 'Host(`*.a.local`) && Path(`/w`)', 3n)
    const any = route('any', 'PathPrefix(`/any`)', 4n)
    const rest = route('rest', 'PathPrefix(`/`)', 1n)
    const find = buildRouteTable([rest, exact, any, wildcard])
    assert.equal(find(head({ host: 'x.a.local' })), exact)
    assert.equal(find(head({ host: 'x.a.local', path: '/w' })), wildcard)
    assert.equal(find(head({ host: 'x.a.local', path: '/any' })), any)
    assert.equal(find(head({ host: 'y.a.local' })), rest)
    assert.equal(find(head({ host: '' })), rest)
  })

  test('finds nothing in an empty table', () => {
    assert.equal(buildRouteTable([])(head()), undefined)
  })

  test('is not reached by a host that only contains the name', () => {
    const find = buildRouteTable([route('api', 'Host(`a.local`) && PathPrefix(`/api`)')])
    for (const host of ['xa.local', 'a.local.evil', 'x.a.local', 'local', '', '__proto__']) {
      assert.equal(find(head({ host, path: '/api' })), undefined)
    }
  })

  test('agrees with a plain scan of one route', () => {
    agreesWithScan({ rules: ruleTrees(commonCalls), count: 1 }, commonHeads, 500)
  })

  test('agrees with a plain scan of 100 routes', () => {
    agreesWithScan({ rules: ruleTrees(commonCalls), count: 100 }, commonHeads, 100)
  })

  test('agrees with a plain scan of 10 000 routes', () => {
    const hosts = Array.from({ length: 4000 }, (_, i) => `h${i}.${i % 50}.local`)
    const spellings = hosts.map((host, i) => (i % 3 === 0 ? host.toUpperCase() : i % 3 === 1 ? `${host}.` : host))
    const wildcards = Array.from({ length: 40 }, (_, i) => `*.${i}.local`)
    const named = fc.oneof({ arbitrary: call('Host', spellings), weight: 20 }, call('Host', wildcards))
    const both = fc.tuple(named, commonCalls).map((operands): Rule => ({ kind: 'and', operands }))
    const either = fc.tuple(named, named).map((operands): Rule => ({ kind: 'or', operands }))
    const rules = fc.oneof(
      { arbitrary: named, weight: 30 },
      { arbitrary: both, weight: 30 },
      { arbitrary: either, weight: 10 },
      { arbitrary: call('PathPrefix', ['/api', '/apis', '/~user']), weight: 1 },
    )
    const heads = fc
      .tuple(commonHeads, fc.constantFrom(...hosts, 'new.7.local', 'h1.1.local.evil', 'xh1.1.local'))
      .map(([{ method, path }, host]) => head({ method, path, host }))
    agreesWithScan({ rules, count: 10_000 }, heads, 2)
  })

  test('compiles a rule once, however many tables it is in', () => {
    let reads = 0
    const counted: Rule = {
      kind: 'call',
      name: 'PathRegexp',
      get args() {
        reads++
        return ['^/x']
      },
    }
    const once = { ...route('once', 'PathRegexp(`^/x`)'), rule: counted }
    assert.equal(buildRouteTable([once])(head({ path: '/x' })), once)
    const before = reads
    const again = { ...once, name: 'again' }
    assert.equal(buildRouteTable([again, route('other', 'Path(`/`)')])(head({ path: '/x' })), again)
    assert.equal(reads, before)
  })

  test('looks at no routes but those of the host and those of any host', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => route(`h${i}`, `Host(\`h${i}.local\`) && Method(\`GET\`)`))
    const any = [route('any', 'Method(`PUT`)'), route('other', 'Method(`POST`)')]
    const find = buildRouteTable([...many, ...any])
    assert.equal(find(head({ host: 'h7.local' }))?.name, 'h7')
    assert.equal(methodReads(find, 'h7.local'), 3)
    assert.equal(methodReads(find, 'unknown.local'), 2)
  })

  test('looks once at a route that names the host twice', () => {
    const twice = route('twice', '(Host(`a.local`) || Host(`A.local.`)) && Method(`GET`)')
    assert.equal(methodReads(buildRouteTable([twice]), 'a.local'), 1)
  })

  test('finds after any updates what a table of the same routes finds that was built at once', () => {
    const change = fc.record({
      number: fc.nat(59),
      tree: fc.option(ruleTrees(commonCalls), { nil: undefined }),
      priority: fc.constantFrom(undefined, 5n, 40n),
    })
    const few = fc.array(change, { maxLength: 3 })
    // Many at once and one at a time are different work.
    const many = fc.array(change, { minLength: 60, maxLength: 120 })
    const updates = fc.array(fc.oneof({ arbitrary: few, weight: 4 }, many), { maxLength: 12 })
    fc.assert(
      fc.property(
        many,
        updates,
        fc.array(commonHeads, { minLength: 20, maxLength: 20 }),
        (first, updates, requests) => {
          const table = new RouteTable()
          const routes = new Map<string, Route>()
          for (const changes of [first, ...updates]) {
            const update = new Map<string, Route | undefined>()
            for (const { number, tree, priority } of changes) {
              update.set(`r${number}`, tree && routeOf(tree, number, priority))
            }
            for (const [name, one] of update) {
              if (one === undefined) routes.delete(name)
              else routes.set(name, one)
            }
            table.update(update)
            const find = buildRouteTable([...routes.values()])
            const scan = plainScan([...routes.values()])
            for (const request of requests) {
              assert.equal(table.find(request), find(request))
              assert.equal(find(request), scan(request))
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('is as it was when a rule among the changes cannot be compiled', () => {
    const table = new RouteTable()
    const [old, other] = [route('old', 'Path(`/`)'), route('other', 'Path(`/other`)')]
    table.update(byName([old]))
    const broken = { ...route('broken', 'Path(`/`)'), rule: { kind: 'call', name: 'PathRegexp', args: ['('] } as const }
    assert.throws(() => table.update(new Map([['old', undefined], ...byName([other, broken])])))
    assert.equal(table.find(head()), old)
    assert.equal(table.find(head({ path: '/other' })), undefined)
  })
})

/** How many routes ask for the method of a request that none of them matches. */
function methodReads(find: Find, host: string): number {
  let reads = 0
  const request: RequestHead = {
    ...head({ host }),
    get method() {
      reads++
      return 'DELETE'
    },
  }
  assert.equal(find(request), undefined)
  return reads
}

function routeOf(tree: Rule, i: number, priority?: bigint): Route {
  return { name: `r${i}`, rule: tree, ruleText: printRule(tree), priority, handler: unreachable }
}

/** Several requests against one table, some priorities explicit; the scan is the definition of what a table does. */
function agreesWithScan(
  { rules, count }: { rules: fc.Arbitrary<Rule>; count: number },
  heads: fc.Arbitrary<RequestHead>,
  numRuns: number,
): void {
  const trees = fc.array(rules, { minLength: count, maxLength: count })
  const priorities = fc.array(fc.constantFrom(undefined, 0n, 5n, 40n, -1n), { minLength: 1, maxLength: 7 })
  const requests = fc.array(heads, { minLength: 20, maxLength: 20 })
  fc.assert(
    fc.property(trees, priorities, requests, (trees, cycle, requests) => {
      const routes = trees.map((tree, i) => routeOf(tree, i, cycle[i % cycle.length]))
      const find = buildRouteTable(routes)
      const scan = plainScan(routes)
      for (const request of requests) assert.equal(find(request)?.name, scan(request)?.name, JSON.stringify(request))
    }),
    // Shrinking ten thousand routes would take minutes.
    { numRuns, endOnFailure: count > 100 },
  )
}

function plainScan(routes: readonly Route[]): Find {
  const ordered = routes
    .map((one) => {
      const bytes = new TextEncoder().encode(one.ruleText).length
      return { one, bytes, priority: one.priority === undefined || one.priority === 0n ? BigInt(bytes) : one.priority }
    })
    .sort((a, b) => {
      if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1
      return a.bytes === b.bytes ? (a.one.name < b.one.name ? -1 : 1) : b.bytes - a.bytes
    })
    .map(({ one }) => ({ one, matches: compileMatcher(one.rule) }))
  return (request) => ordered.find(({ matches }) => matches(request))?.one
}
