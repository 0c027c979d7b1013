// Rule syntax version 2, matcher by matcher. The cases follow Traefik's own tests of it.
import { clients, fields, hosts, methods, paths, queries, table } from './support.ts'
import type { Row } from './support.ts'

function tableV2(subject: string, rows: readonly Row[]): void {
  table(`${subject} of version 2`, rows, 'v2')
}

tableV2('Host', [
  ['Host(`a.local`)', hosts('a.local'), hosts('xa.local', 'a.local.evil', 'x.a.local', '')],
  ['Host(`A.Local.`)', hosts('a.local'), hosts('b.local')],
  ['Host(`a.local`, `b.local`)', hosts('a.local', 'b.local'), hosts('c.local')],
  ['HostHeader(`a.local`,"b.local")', hosts('a.local', 'b.local'), hosts('c.local')],
  ['Host(`10::10`)', hosts('10::10'), hosts('10::1')],
  ['!Host(`a.local`, `b.local`)', hosts('c.local'), hosts('a.local', 'b.local')],
])

tableV2('HostRegexp', [
  ['HostRegexp(`foo.bar.com`)', hosts('foo.bar.com'), hosts('fooubar.com', 'foo.barucom', 'xfoo.bar.com')],
  ['HostRegexp(`Foo.com`, `{any}.org`)', hosts('foo.com', 'x.org'), hosts('org', 'a.b.org', '.org')],
  [
    'HostRegexp(`{sub:(foo\\.)?bar\\.com}`)',
    hosts('foo.bar.com', 'bar.com'),
    hosts('fooubar.com', 'barucom', 'barcom', 'bar.com.evil', 'xbar.com'),
  ],
  ['HostRegexp(`{sub:(?:foo\\.)?bar\\.com}`)', hosts('foo.bar.com', 'bar.com'), hosts('fooubar.com', 'barcom')],
  ['HostRegexp(`{dummy:[A-Z-]+\\.bar\\.com}`)', hosts('foo.bar.com', 'f-o.bar.com'), hosts('fo0.bar.com', 'barcom')],
  ['HostRegexp(`{a:x|y}.local`)', hosts('x.local', 'y.local'), hosts('x', 'y', 'z.local', 'ylocal')],
  ['HostRegexp(`{a:[0-9]{2}}-{b:[a-z]+}.local`)', hosts('12-x.local'), hosts('1-x.local', '12-.local', '12x.local')],
  ['HostRegexp(`{catchall:.*}`)', hosts('a.local', ''), []],
])

tableV2('Path', [
  ['Path(`/css`)', paths('/css'), paths('/', '/css/', '/css/main.css', '/html')],
  ['Path(`/css`, `/js`)', paths('/css', '/js'), paths('/', '/css/', '/js/main.js')],
  ['Path(`/css{path:(/.*)?}`)', paths('/css', '/css/main.css', '/css/x/y.css'), paths('/css.css', '/js/main.js')],
  ['Path(`/users/{id}`)', paths('/users/7', '/users/a%2Fb', '/users/a%20b'), paths('/users/', '/users', '/users/7/x')],
  ['Path(`/a b/{x:[0-9]+}`)', paths('/a%20b/1'), paths('/a b/', '/a%20b/x')],
  ['Path(`/%7Euser/{x:é+}`)', paths('/~user/%C3%A9'), paths('/~user/e')],
  ['Path(`/v1.0/{x}`)', paths('/v1.0/x'), paths('/v1a0/x')],
])

tableV2('PathPrefix', [
  ['PathPrefix(`/css`)', paths('/css', '/css/', '/css/main.css', '/cssx'), paths('/', '/html', '/x/css')],
  ['PathPrefix(`/css`, `/js`)', paths('/css/', '/js/main.js'), paths('/', '/html')],
  ['PathPrefix(`/css-{name:[0-9]?}`)', paths('/css-1/main.css', '/css-222/x', '/css-'), paths('/css.css', '/js/x.js')],
  ['PathPrefix(`/{lang:(?:en|de)}/`)', paths('/en/', '/de/x'), paths('/fr/', '/en', '/x/en/')],
  ['PathPrefix(`/{any}/x`)', paths('/a/x', '/a/xy'), paths('/a/b/x', '//x')],
])

tableV2('Method', [
  ['Method(`GET`)', methods('GET'), methods('POST', 'get')],
  ['Method(`get`, `Post`)', methods('GET', 'POST'), methods('PUT', 'get')],
])

const proto = 'X-Forwarded-Proto'

tableV2('Headers', [
  [
    'Headers(`X-Forwarded-Proto`, `https`)',
    fields([proto, 'https'], [proto.toLowerCase(), 'https'], [proto, 'http', proto, 'https']),
    fields([], [proto, 'http'], [proto, 'https, http'], ['X-Forwarded-Host', 'https']),
  ],
  ['Headers(`X`, `a`, `Y`, `b`)', fields(['X', 'a', 'Y', 'b'], ['y', 'b', 'x', 'a']), fields(['X', 'a'], ['Y', 'b'])],
  ['Headers(`X`, `a`, `X`, `b`)', fields(['X', 'b']), fields(['X', 'a'])],
  ['Headers(`X`, `a`, `x`, `b`)', fields(['X', 'a', 'X', 'b']), fields(['X', 'b'], ['X', 'a'])],
])

tableV2('HeadersRegexp', [
  [
    'HeadersRegexp(`X-Forwarded-Proto`, `^https?$`)',
    fields([proto, 'http'], [proto, 'https'], [proto, 'ws', proto, 'https']),
    fields([], [proto, 'HTTPS'], ['X-Forwarded-Host', 'http']),
  ],
  [
    'HeadersRegexp(`X-Forwarded-Proto`, `http{secure:s?}`)',
    fields([proto, 'http{secure:}'], [proto, 'http{secure:s}']),
    fields([proto, 'http'], [proto, 'https'], [proto, 'http{secure:S}']),
  ],
  ['HeadersRegexp(`X`, `a`, `Y`, `b`)', fields(['X', 'xax', 'Y', 'b']), fields(['X', 'a'], ['Y', 'b'])],
])

tableV2('Query', [
  ['Query(`foo=bar`)', queries('foo=bar', 'x=1&foo=bar'), queries(undefined, '', 'foo', 'foo=barx', 'xfoo=bar')],
  ['Query(`foo=bar`, `bar=baz`)', queries('foo=bar&bar=baz'), queries('bar=baz', 'foo=bar')],
  ['Query(`foo`, `bar`)', queries('foo=bar'), queries('foo', 'bar', 'foo=x')],
  ['Query(`foo=b=ar`)', queries('foo=b=ar', 'foo=b%3Dar'), queries('foo=bar', 'foo=b')],
  ['Query(`foo=`)', queries('foo', 'foo=', 'foo=x'), queries(undefined, 'fo=x')],
  ['Query(`foo={any}`)', queries('foo', 'foo=x'), queries('fo=x')],
  ['Query(`id={id:[0-9]+}`)', queries('id=1', 'id=22'), queries('id=', 'id=x1', 'id=1x')],
  ['Query(`v=1.{n:x|y}`)', queries('v=1.x', 'v=1.y'), queries('v=1ax', 'v=1.', 'v=y')],
])

tableV2('ClientIP', [
  ['ClientIP(`10.0.0.1`)', clients('10.0.0.1'), clients('10.0.0.2', '::1')],
  [
    'ClientIP(`127.0.0.1`, `192.168.1.0/24`, `10::/16`)',
    clients('127.0.0.1', '192.168.1.100', '10::10'),
    clients('192.168.2.1', '11::1'),
  ],
])

tableV2('Operators', [
  [
    '!(Host(`a.local`, `b.local`) && Path(`/x`, `/{n:y+}`))',
    [
      { host: 'a.local', path: '/z' },
      { host: 'c.local', path: '/x' },
    ],
    [
      { host: 'a.local', path: '/x' },
      { host: 'b.local', path: '/yy' },
    ],
  ],
  ['HOST(`b.local`) || pathprefix(`/x`) && Method(`GET`)', [{ host: 'b.local' }, { path: '/x' }], [{ path: '/y' }]],
])
