// Which options are told to be wrong before any request comes, and that everything else compiles.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMiddleware } from '../../../src/middleware/check-middleware.ts'
import { compileMiddleware } from '../../../src/middleware/compile-middleware.ts'
import type { PlannedMiddleware } from '../../../src/model/dynamic-config.ts'
import { headersWith, passReverseWith } from './harness.ts'

const regex = (pattern: string, replacement = '/') =>
  ({ kind: 'redirectRegex', regex: pattern, replacement, permanent: false }) as const
const replace = (pattern: string, replacement: string) =>
  ({ kind: 'replacePathRegex', regex: pattern, replacement }) as const
const scheme = (name: string, port = '') => ({ kind: 'redirectScheme', scheme: name, port, permanent: false }) as const
const request = (name: string, value: string) => headersWith({ customRequestHeaders: new Map([[name, value]]) })

const wrong: readonly (readonly [PlannedMiddleware, reason: RegExp])[] = [
  [{ kind: 'addPrefix', prefix: '' }, /^prefix is missing$/],
  [{ kind: 'addPrefix', prefix: '/a/../b' }, /^prefix: "\/a\/\.\.\/b" has a "\." or "\.\." segment/],
  [{ kind: 'addPrefix', prefix: '/50%' }, /^prefix: "\/50%" has a "%" that begins no escape$/],
  [{ kind: 'replacePath', path: '/a%zz' }, /^path: "\/a%zz" has a "%"/],
  [{ kind: 'replacePath', path: '//a' }, /^path: "\/\/a" has/],
  [replace('^(?err)/x$', '/'), /^regex: "\^\(\?err\)\/x\$": bad regular expression/],
  [replace(' ', '/'), /^regex is missing$/],
  [{ kind: 'stripPrefixRegex', regex: ['/ok', '(a'] }, /^regex: "\(a": bad regular expression/],
  [regex('^(.*', '$1'), /^regex: "\^\(\.\*": bad regular expression/],
  [regex('(?=a)'), /^regex: /],
  [regex(''), /^regex is missing$/],
  [regex('a', ''), /^replacement is missing$/],
  [regex('a', '/\r\nSet-Cookie: x'), /^replacement: it has a control character$/],
  [scheme(''), /^scheme is missing$/],
  [scheme('https://'), /^scheme: "https:\/\/" is not a scheme$/],
  [scheme('https', 'x'), /^port: "x" is not a port$/],
  [scheme('https', '65536'), /^port: "65536" is not a port$/],
  [headersWith({}), /^no option of headers is set$/],
  [request('X Y', '1'), /^customRequestHeaders: "X Y" is not a header name$/],
  [request('X', 'a\r\nb'), /^customRequestHeaders\.X: "a\\r\\nb" has a control character$/],
  [request('host', 'a b'), /^customRequestHeaders\.host: "a b" is not a host$/],
  [headersWith({ customResponseHeaders: new Map([['Ä', '1']]) }), /^customResponseHeaders: "Ä" is not a header name$/],
  [headersWith({ accessControlAllowOriginListRegex: ['a(b'] }), /^accessControlAllowOriginListRegex: "a\(b": bad/],
  [
    headersWith({ accessControlAllowHeaders: ['a\nb'] }),
    /^accessControlAllowHeaders: "a\\nb" has a control character$/,
  ],
  [headersWith({ hostsProxyHeaders: ['a b'] }), /^hostsProxyHeaders: "a b" is not a header name$/],
  [headersWith({ referrerPolicy: 'a\0' }), /^referrerPolicy: "a\\u0000" has a control character$/],
  [headersWith({ sslProxyHeaders: new Map([['', 'x']]) }), /^sslProxyHeaders: "" is not a header name$/],
  [passReverseWith({ prefix: 'api' }), /^prefix: "api" is not a path$/],
  [passReverseWith({ cookiePath: new Map([['app', '/']]) }), /^cookiePath: "app" is not a path$/],
  [
    passReverseWith({ cookiePath: new Map([['/app', '/; Secure']]) }),
    /^cookiePath\.\/app: "\/; Secure" is not a path$/,
  ],
  [passReverseWith({ cookieDomain: new Map([['a', 'b; x']]) }), /^cookieDomain\.a: "b; x" is not a domain$/],
]

for (const [config, reason] of wrong) {
  test(`${config.kind}: ${reason.source}`, () =>
    assert.match(checkMiddleware(config)?.reason ?? 'nothing is wrong', reason))
}

const right: readonly PlannedMiddleware[] = [
  { kind: 'addPrefix', prefix: 'a b' },
  { kind: 'contentType', autoDetect: undefined },
  { kind: 'replacePath', path: '' },
  replace('^/a$', ''),
  { kind: 'stripPrefix', prefixes: [], forceSlash: false },
  { kind: 'stripPrefixRegex', regex: [] },
  regex('^http://(.*)$', 'https://${1}'),
  // Longer than the limit only as bytes.
  regex('^http://(.*)$', 'é'.repeat(1000)),
  scheme('WSS', '1'),
  request('Host', 'a.example:8080'),
  request('Host', '[::1]:80'),
  request('X-Forwarded-For', ''),
  request('X-Name', 'é\t☃'),
  headersWith({ addVaryHeader: true }),
  headersWith({ isDevelopment: true }),
  passReverseWith({ prefix: '/', cookieDomain: new Map([['.inside', 'shop.example']]) }),
]

for (const config of right) {
  test(`${JSON.stringify(config)} compiles`, () => {
    assert.equal(checkMiddleware(config), undefined)
    assert.equal(typeof compileMiddleware(config), 'function')
  })
}
