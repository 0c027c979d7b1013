import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { decodeDocument } from '../../../src/labels/decode-document.ts'
import { documentLimits } from '../../../src/labels/document-tree.ts'
import { shownProblems } from '../../labels/shown.ts'

const yaml = `
http:
  routers:
    shop:
      rule: Host(\`shop.example.com\`)
      service: shop
      entryPoints: [web, websecure]
      middlewares:
        - prefix
        - auth@docker
      priority: 42
  services:
    shop:
      loadBalancer:
        passHostHeader: false
        sticky:
          cookie: {}
        servers:
          - url: http://10.0.0.1:8080
            weight: 3
          - url: https://[2001:db8::1]
          - url: http://shop.internal
            weight: 0
  middlewares:
    prefix:
      stripPrefix:
        prefixes: [/api, "/a,b"]
`

const toml = `
[http.routers.shop]
  rule = "Host(\`shop.example.com\`)"
  service = "shop"
  entryPoints = ["web", "websecure"]
  middlewares = ["prefix", "auth@docker"]
  priority = 42
[http.services.shop.loadBalancer]
  passHostHeader = false
  [http.services.shop.loadBalancer.sticky.cookie]
  [[http.services.shop.loadBalancer.servers]]
    url = "http://10.0.0.1:8080"
    weight = 3
  [[http.services.shop.loadBalancer.servers]]
    url = "https://[2001:db8::1]"
[http.middlewares.prefix.stripPrefix]
  prefixes = ["/api", "/a,b"]
`

describe('decodeDocument', () => {
  for (const [format, document] of [
    ['YAML', parseYaml(yaml)],
    ['TOML', parseToml(toml)],
  ] as const) {
    test(`reads Traefik's file format as ${format}`, () => {
      const { routers, services, middlewares, problems } = decodeDocument(document)
      assert.deepEqual(problems, [])
      assert.deepEqual(routers.get('shop'), {
        rule: 'Host(`shop.example.com`)',
        service: 'shop',
        entryPoints: ['web', 'websecure'],
        middlewares: ['prefix', 'auth@docker'],
        priority: 42n,
      })
      assert.deepEqual(services.get('shop'), {
        members: [
          member('http://10.0.0.1:8080', { scheme: 'http', host: '10.0.0.1', port: 8080, weight: 3 }),
          member('https://[2001:db8::1]', { scheme: 'https', host: '2001:db8::1', port: 443, weight: 1 }),
        ],
        passHostHeader: false,
        stickyCookie: {
          name: undefined,
          secure: false,
          httpOnly: false,
          sameSite: undefined,
          maxAge: 0,
          path: '/',
          domain: undefined,
        },
      })
      assert.deepEqual(
        [...middlewares],
        [['prefix', { kind: 'stripPrefix', prefixes: ['/api', '/a,b'], forceSlash: false }]],
      )
    })
  }

  test('takes an empty file for an empty configuration', () => {
    for (const document of [undefined, null, {}, { http: null }, { http: { routers: {}, services: null } }]) {
      const { routers, services, middlewares, problems } = decodeDocument(document)
      assert.deepEqual([routers.size, services.size, middlewares.size, problems], [0, 0, 0, []])
    }
  })

  test('leaves out a router without rule or service, and a server without a usable URL, and nothing else', () => {
    const { routers, services, problems } = decodeDocument({
      http: {
        routers: { good: { rule: 'Path(`/`)', service: 's' }, bad: { service: 's' }, worse: { rule: '' } },
        services: {
          s: {
            loadBalancer: {
              servers: [
                { url: 'http://a' },
                { url: 'a:80' },
                { url: 'unix:///var/run/docker.sock' },
                { url: 'h2c://a' },
                { url: 'http://user:secret@a' },
                { url: 'http://a' },
                { url: 'http://b/path' },
                { weight: 2 },
              ],
            },
          },
          none: { loadBalancer: {} },
        },
      },
    })
    assert.deepEqual([...routers.keys()], ['good'])
    assert.deepEqual(
      services.get('s')?.members.map(({ id }) => id),
      ['http://a', 'http://b/path'],
    )
    assert.deepEqual(services.get('none')?.members, [])
    assert.deepEqual(shownProblems({ problems }), [
      'error http.routers.bad (router "bad"): "bad" has no "rule"',
      'error http.routers.worse (router "worse"): "worse" has no "rule"',
      'error http.routers.worse (router "worse"): "worse" has no "service"',
      'error http.services.s.loadBalancer.servers[1].url (service "s"): "a:80" is not an http or https URL; write http://host:port',
      'error http.services.s.loadBalancer.servers[2].url (service "s"): "unix:///var/run/docker.sock" is not an http or https URL; write http://host:port',
      'error http.services.s.loadBalancer.servers[3].url (service "s"): "h2c" is not supported yet',
      'error http.services.s.loadBalancer.servers[4].url (service "s"): a server URL may not carry a user name or password',
      'warning http.services.s.loadBalancer.servers[6].url (service "s"): "http://b/path": what follows the host is not used',
      'error http.services.s.loadBalancer.servers[7] (service "s"): "[7]" has no "url"',
      'warning http.services.s.loadBalancer.servers (service "s"): "http://a" is listed twice',
    ])
  })

  test('reads a list written as in a label, and a number or boolean written as text', () => {
    const { routers, services, problems } = decodeDocument({
      http: {
        routers: { a: { rule: 'x', service: 's', entryPoints: 'web, api', priority: '7' } },
        services: { s: { loadBalancer: { passHostHeader: 'false' } } },
      },
    })
    assert.deepEqual(routers.get('a')?.entryPoints, ['web', 'api'])
    assert.equal(routers.get('a')?.priority, 7n)
    assert.equal(services.get('s')?.passHostHeader, false)
    assert.deepEqual(problems, [])
  })

  test('says what has the wrong shape', () => {
    const wrong = {
      http: {
        routers: [{ rule: 'x' }],
        services: { s: { loadBalancer: { servers: { url: 'http://a' }, sticky: { cookie: 'no' } } } },
        middlewares: { m: 'stripPrefix', n: { stripPrefix: { prefixes: { a: 1 }, forceSlash: [true] } } },
      },
      htpt: {},
    }
    assert.deepEqual(shownProblems(decodeDocument(wrong)), [
      'error htpt: unknown field "htpt"; did you mean "http"?',
      'error http.routers[0]: "routers" is not a list; its entries have names',
      'error http.services.s.loadBalancer.servers.url (service "s"): "servers" is a list, "url" not one of it',
      'warning http.services.s.loadBalancer.sticky.cookie (service "s"): "no" switches "cookie" off; write true to switch it on',
      'warning http.middlewares.m (middleware "m"): "stripPrefix" is not read; its fields follow after a dot',
      'error http.middlewares.m (middleware "m"): nothing is set; known here: stripPrefix',
      'error http.middlewares.n.stripPrefix.prefixes (middleware "n"): "prefixes" is one value and has no fields',
      'error http.middlewares.n.stripPrefix.forceSlash (middleware "n"): "forceSlash" is one value and has no fields',
    ])
    for (const document of [[], 'http', 7, true]) assert.equal(decodeDocument(document).problems.length, 1)
  })

  test('ends with a document that contains itself', () => {
    const routers: Record<string, unknown> = {}
    routers['again'] = routers
    const { problems } = decodeDocument({ http: { routers } })
    assert.ok(problems.some(({ reason }) => reason === `nested deeper than ${documentLimits.depth}: not read`))
  })

  test('stops reading a document that unfolds without measure', () => {
    const entries = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`n${i}`, { rule: 'x' }]))
    const unfolded = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, entries]))
    const { problems } = decodeDocument({ tcp: unfolded })
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['too large: the rest is not read', 'TCP is not supported yet'],
    )
  })

  test('never throws and never reaches Object.prototype, whatever the document', () => {
    const before = Reflect.ownKeys(Object.prototype)
    const document = fc.object({
      key: fc.constantFrom(
        'http',
        'routers',
        'services',
        'loadBalancer',
        'servers',
        'url',
        'sticky',
        '__proto__',
        'rule',
      ),
      maxDepth: 6,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    })
    fc.assert(
      fc.property(document, (given) => void decodeDocument(given)),
      { numRuns: 500 },
    )
    assert.deepEqual(Reflect.ownKeys(Object.prototype), before)
  })
})

function member(url: string, rest: object): object {
  return { id: url, slot: url, container: undefined, ...rest }
}
