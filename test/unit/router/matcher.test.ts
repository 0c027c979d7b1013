import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { compileMatcher } from '../../../src/router/matcher.ts'
import { clients, commonCalls, commonHeads, fields, hosts, matches, methods, paths, queries } from './support.ts'
import { ruleTrees, table } from './support.ts'

table('Host', [
  [
    'Host(`a.local`)',
    hosts('a.local'),
    hosts('xa.local', 'a.local.evil', 'x.a.local', 'alocal', 'a-local', 'local', ''),
  ],
  ['Host(`A.Local`)', hosts('a.local'), hosts('b.local')],
  ['Host(`a.local.`)', hosts('a.local'), hosts('a.local.evil')],
  ['Host(`::1`)', hosts('::1'), hosts('::2', '')],
  ['Host(`my_service`)', hosts('my_service'), hosts('my-service')],
  [
    'Host(`*.a.local`)',
    hosts('x.a.local', 'a.a.local'),
    hosts('a.local', 'y.x.a.local', 'xa.local', '.a.local', 'x.a.local.evil', ''),
  ],
  ['Host(`*.A.Local.`)', hosts('x.a.local'), hosts('a.local')],
  ['Host(`*.local`)', hosts('a.local'), hosts('local', 'x.a.local')],
  ['Host(`*`)', hosts('a.local', 'x.y.z', '::1', ''), []],
  ['!Host(`a.local`)', hosts('b.local', ''), hosts('a.local')],
])

table('HostRegexp', [
  ['HostRegexp(`a\\.local`)', hosts('a.local', 'xa.local', 'a.local.evil'), hosts('a-local', '')],
  ['HostRegexp(`^[a-z]+\\.a\\.local$`)', hosts('x.a.local'), hosts('x1.a.local', 'x.a.local.evil')],
  ['HostRegexp(`A`)', [], hosts('a.local')],
  ['HostRegexp(`(?i)A`)', hosts('a.local'), hosts('b.c')],
  ['HostRegexp(`.+`)', hosts('a'), hosts('')],
])

table('Path', [
  ['Path(`/foo`)', paths('/foo'), paths('/foo/', '/foobar', '/', '/Foo', '/x/foo')],
  ['Path(`/a b`)', paths('/a%20b'), paths('/a b', '/a+b')],
  ['Path(`/café"{}`)', paths('/caf%C3%A9%22%7B%7D'), paths('/cafe')],
  ['Path(`/%7euser%2fx`)', paths('/~user%2Fx'), paths('/~user/x')],
  ['Path(`/100%`)', [], paths('/100%25')],
  ["Path(`/-._~:/[]@!$&'()*+,;=`)", paths("/-._~:/[]@!$&'()*+,;="), []],
])

table('PathPrefix', [
  ['PathPrefix(`/foo`)', paths('/foo', '/foobar', '/foo/', '/foo/bar'), paths('/fo', '/x/foo', '/', '/Foo')],
  ['PathPrefix(`/foo/`)', paths('/foo/', '/foo/bar'), paths('/foo', '/foobar')],
  ['PathPrefix(`/`)', paths('/', '/x'), []],
  ['PathPrefix(`/a b`)', paths('/a%20b/c'), paths('/a')],
])

table('PathRegexp', [
  ['PathRegexp(`\\.(jpe?g|png)$`)', paths('/x.jpg', '/x.jpeg', '/y/x.png'), paths('/x.png/', '/x.gif')],
  ['PathRegexp(`^/v[0-9]+/`)', paths('/v1/', '/v22/x'), paths('/v/', '/x/v1/')],
  ['PathRegexp(`foo`)', paths('/a/foo/b'), paths('/fo')],
  ['PathRegexp(`^/a.*z$`)', paths('/a%0Az'), paths('/a%0A')],
  ['PathRegexp(`^/[a-z ]+$`)', paths('/a%20b'), paths('/a%2Fb', '/a%25b')],
  ['PathRegexp(`^/caf[éè]/.$`)', paths('/caf%C3%A9/x', '/caf%C3%A8/%F0%9F%98%80'), paths('/caf%C3%AA/x', '/cafe/x')],
  ['PathRegexp(`^/[^/]+$`)', paths('/a%2Fb', '/%FF', '/%22%3C%3E%5C%5E%60%7B%7C%7D'), paths('/a/b')],
  ['PathRegexp(`%2F`)', paths('/a%2Fb'), paths('/a/b')],
])

table('Method', [
  ['Method(`GET`)', methods('GET'), methods('POST', 'get', 'GETX')],
  ['Method(`post`)', methods('POST'), methods('post')],
])

table('Header', [
  [
    'Header(`X-Kind`, `blue`)',
    fields(['X-Kind', 'blue'], ['x-kind', 'blue'], ['A', 'b', 'X-KIND', 'red', 'X-Kind', 'blue']),
    fields(
      [],
      ['X-Kind', 'Blue'],
      ['X-Kind', 'blue, red'],
      ['X-Kind', ''],
      ['blue', 'X-Kind'],
      ['X_Kind', 'blue'],
      ['A', 'X-Kind', 'blue', 'c'],
    ),
  ],
  ['Header(`X-Kind`, `é`)', fields(['X-Kind', 'Ã©']), fields(['X-Kind', 'é'])],
  ['Header(`__proto__`, `x`)', fields(['__proto__', 'x']), fields([], ['constructor', 'x'])],
])

table('HeaderRegexp', [
  [
    'HeaderRegexp(`Accept`, `json`)',
    fields(['accept', 'application/json']),
    fields([], ['Accept', 'text/html'], ['X-Accept', 'json']),
  ],
  ['HeaderRegexp(`Accept`, `^$`)', fields(['Accept', '']), fields([], ['Accept', 'x'])],
  ['HeaderRegexp(`X`, `^.$`)', fields(['X', 'Ã©']), fields(['X', 'ab'])],
])

table('Query', [
  [
    'Query(`a`, `1`)',
    queries('a=1', 'b=2&a=1', 'a=2&a=1', '%61=%31', '&&a=1&', 'x=%zz&a=1'),
    queries(undefined, '', 'a=2', 'a', 'A=1', 'xa=1', 'a=11', 'b=a=1'),
  ],
  ['Query(`a`)', queries('a', 'a=', 'b&a', 'a=1&a='), queries(undefined, '', 'a=1', 'aa')],
  ['Query(`a`, `x y`)', queries('a=x+y', 'a=x%20y'), queries('a=x%2By', 'a=xy')],
  ['Query(`a b`, `x+y`)', queries('a+b=x%2By', 'a%20b=x%2by'), queries('a+b=x+y')],
  ['Query(`a`, `x=y`)', queries('a=x=y', 'a=x%3Dy'), queries('a=x')],
  ['Query(`a`, `é`)', queries('a=%C3%A9', 'a=%c3%a9', 'a=Ã©'), queries('a=%C3', 'a=e', 'a=%E9')],
  ['Query(`a`, `1;b`)', [], queries('a=1;b')],
  ['Query(`b`, `2`)', queries('a=1;x&b=2'), queries('a=1;b=2', 'b=2;', ';b=2')],
  ['Query(`a`, `%`)', queries('a=%25'), queries('a=%', 'a=%2', 'a=%zz')],
  ['Query(`__proto__`, `x`)', queries('__proto__=x'), queries('constructor=x', undefined)],
])

table('QueryRegexp', [
  ['QueryRegexp(`a`, `^[0-9]+$`)', queries('a=1', 'a=x&a=22', 'a=%31'), queries(undefined, 'a=x', 'a=', 'b=1', 'a=1;')],
  ['QueryRegexp(`a`, `^.*$`)', queries('a', 'a=x'), queries('b', undefined)],
  ['QueryRegexp(`a`)', queries('a', 'a='), queries('a=1', 'b')],
])

table('ClientIP', [
  ['ClientIP(`10.1.2.3`)', clients('10.1.2.3'), clients('10.1.2.4', '::1', '', 'x', '110.1.2.3')],
  ['ClientIP(`10.0.0.0/8`)', clients('10.0.0.0', '10.255.255.255'), clients('11.0.0.0', '9.255.255.255', '::1')],
  ['ClientIP(`10.9.9.9/8`)', clients('10.0.0.1'), clients('11.9.9.9')],
  ['ClientIP(`192.168.1.128/25`)', clients('192.168.1.128', '192.168.1.255'), clients('192.168.1.127')],
  ['ClientIP(`0.0.0.0/0`)', clients('1.2.3.4', '255.255.255.255'), clients('::1', '')],
  ['ClientIP(`::1`)', clients('::1', '0:0:0:0:0:0:0:1'), clients('::2', '0.0.0.1', '127.0.0.1')],
  ['ClientIP(`2001:DB8::/33`)', clients('2001:db8:7fff::1'), clients('2001:db8:8000::1', '2001:db9::')],
  ['ClientIP(`fe80::/10`)', clients('fe80::1', 'febf::1', 'fe80::1%eth0'), clients('fec0::1')],
  ['ClientIP(`::/0`)', clients('::1', '2001:db8::1'), clients('1.2.3.4', '')],
  ['ClientIP(`::ffff:10.1.2.3`)', clients('10.1.2.3', '::ffff:10.1.2.3'), clients('10.1.2.4', '::1')],
  ['ClientIP(`::ffff:a01:0/112`)', clients('10.1.0.0', '10.1.255.255'), clients('10.2.0.0')],
  ['ClientIP(`::ffff:10.0.0.0/90`)', clients('::ffc0:1:1'), clients('10.0.0.1', '::1')],
  ['ClientIP(`10.1.2.3/32`)', clients('10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203'), clients('10.1.2.2')],
])

table('Operators', [
  ['Host(`a.local`) && PathPrefix(`/api`)', [{ path: '/api/x' }], [{ path: '/' }, { host: 'b.local', path: '/api' }]],
  ['Host(`a.local`) || PathPrefix(`/api`)', [{}, { host: 'b.local', path: '/api' }], [{ host: 'b.local' }]],
  ['!(Host(`a.local`) && PathPrefix(`/api`))', [{}, { host: 'b.local', path: '/api' }], [{ path: '/api' }]],
  ['Host(`b.local`) || Host(`a.local`) && !Path(`/`)', [{ host: 'b.local' }, { path: '/x' }], [{}]],
  ['!!Host(`a.local`)', [{}], [{ host: 'b.local' }]],
])

describe('compileMatcher', () => {
  const trees = ruleTrees(commonCalls)

  test('obeys De Morgan', () => {
    fc.assert(
      fc.property(trees, trees, commonHeads, (left, right, request) => {
        const operands = [left, right]
        const negated = operands.map((operand) => ({ kind: 'not', operand }) as const)
        const notBoth = compileMatcher({ kind: 'not', operand: { kind: 'and', operands } })
        const notAny = compileMatcher({ kind: 'not', operand: { kind: 'or', operands } })
        assert.equal(notBoth(request), compileMatcher({ kind: 'or', operands: negated })(request))
        assert.equal(notAny(request), compileMatcher({ kind: 'and', operands: negated })(request))
      }),
    )
  })

  test('takes a rule or its negation, never both and never neither', () => {
    fc.assert(
      fc.property(trees, commonHeads, (tree, request) => {
        assert.notEqual(compileMatcher(tree)(request), compileMatcher({ kind: 'not', operand: tree })(request))
      }),
    )
  })

  test('throws for a tree that parseRule would have refused', () => {
    assert.throws(() => compileMatcher({ kind: 'call', name: 'Path', args: ['x'] }), /does not start with/)
  })

  test('answers expressions that take a backtracking engine for ever', () => {
    assert.equal(matches('HostRegexp(`^(a+)+$`)', { host: `${'a'.repeat(60)}!` }), false)
    assert.equal(matches('HostRegexp(`^(a+)+$`)', { host: 'a'.repeat(60) }), true)
    assert.equal(matches('PathRegexp(`^/(x+x+)+y$`)', { path: `/${'x'.repeat(8000)}` }), false)
    assert.equal(matches('PathRegexp(`(.*)*(.*)*(.*)*z`)', { path: `/${'x'.repeat(8000)}` }), false)
  })

  test('finds a query parameter behind ten thousand others', () => {
    const query = `${Array.from({ length: 10_000 }, (_, i) => `a${i}=x`).join('&')}&hidden=y`
    assert.equal(matches('Query(`hidden`, `y`)', { query }), true)
    assert.equal(matches('QueryRegexp(`hidden`, `^y$`)', { query }), true)
  })
})
