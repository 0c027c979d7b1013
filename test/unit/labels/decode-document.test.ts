import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { decodeDocument } from '../../../src/labels/decode-document.ts'
import { documentLimits } from '../../../src/labels/document-tree.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
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

  test('reads what does not run yet, says so once for each, and leaves out services made of services', () => {
    const decoded = decodeDocument(
      parseYaml(`
http:
  routers:
    shop: { rule: Path(\`/\`), service: split, tls: {}, ruleSyntax: v2, observability: { metrics: false } }
  services:
    split: { weighted: { services: [{ name: a, weight: 3 }, { name: b }], sticky: { cookie: {} }, healthCheck: {} } }
    mirror: { mirroring: { service: a, mirrors: [{ name: b, percent: 10 }] } }
    spare: { failover: { service: a, fallback: b, errors: { status: ["500-599"] } } }
    hash: { highestRandomWeight: { services: [{ name: a }] } }
    half: { failover: { service: a } }
    plain:
      loadBalancer:
        responseForwarding: { flushInterval: 1ms }
        servers: [{ url: http://a, preservePath: true }]
  serversTransports:
    fast: { insecureSkipVerify: true, forwardingTimeouts: { dialTimeout: 1s }, rootCAs: ["-----BEGIN\\nx"], spiffe: {} }
tcp:
  routers:
    db: { rule: HostSNI(\`*\`), service: db, tls: { passthrough: true } }
  services:
    db: { loadBalancer: { servers: [{ address: "10.0.0.1:5432", tls: true }], proxyProtocol: {} } }
    two: { weighted: { services: [{ name: db }] } }
  middlewares:
    few: { inFlightConn: { amount: 10 } }
  serversTransports:
    slow: { dialTimeout: 1m, terminationDelay: 0 }
udp:
  routers:
    dns: { entryPoints: [dns], service: dns }
  services:
    dns: { loadBalancer: { servers: [{ address: "10.0.0.1:53" }] } }
tls:
  certificates: [{ certFile: /a.pem, keyFile: /a.key, stores: [default] }]
  options:
    modern: { minVersion: VersionTLS13, sniStrict: true, clientAuth: { caFiles: [/ca.pem] } }
  stores:
    default: { defaultGeneratedCert: { resolver: le, domain: { main: example.com } } }
`),
    )
    assert.deepEqual(shownProblems(decoded), [
      'error http.services.split.weighted (service "split"): weighted services are not supported yet',
      'error http.services.mirror.mirroring (service "mirror"): mirroring services are not supported yet',
      'error http.services.spare.failover (service "spare"): failover services are not supported yet',
      'error http.services.hash.highestRandomWeight (service "hash"): highestRandomWeight services are not supported yet',
      'error http.services.half.failover (service "half"): "failover" has no "fallback"',
      'error http.services.half.failover (service "half"): failover services are not supported yet',
      'warning http.services.plain.loadBalancer.servers[0].preservePath (service "plain"): the path of a server URL is not used yet',
      'warning http.services.plain.loadBalancer.responseForwarding (service "plain"): responseForwarding is not supported yet: every byte is passed on at once',
      'warning http.serversTransports.fast: servers transports are not supported yet',
      'error tcp.routers.db (tcp router "db"): TCP is not supported yet',
      'warning tcp.serversTransports.slow: servers transports are not supported yet',
      'error udp.routers.dns (udp router "dns"): UDP is not supported yet',
      'warning tls: TLS is not supported yet',
    ])
    const { routers, services, tcp, udp } = decoded
    assert.deepEqual(routers.get('shop')?.tls, { options: undefined, certResolver: undefined, domains: [] })
    assert.equal(routers.get('shop')?.ruleSyntax, 'v2')
    assert.deepEqual([...services.keys()], ['plain'])
    assert.deepEqual(Object.keys(services.get('plain')?.pending ?? {}), ['responseForwarding', 'preservePath'])
    assert.equal(tcp?.routers.get('db')?.service, 'db')
    assert.deepEqual(tcp?.services.get('db'), {
      loadBalancer: {
        servers: [{ address: '10.0.0.1:5432', tls: true }],
        serversTransport: undefined,
        proxyProtocol: { version: 2 },
        terminationDelay: undefined,
        healthCheck: undefined,
      },
    })
    assert.deepEqual(udp?.routers.get('dns')?.entryPoints, ['dns'])
  })

  test('reads how a balancer and its servers work, and what is wrong with the servers together', () => {
    const { services, routers, problems } = decodeDocument(
      parseYaml(`
http:
  routers:
    app: { rule: Path(\`/\`), service: app, sticky: { cookie: { path: /app } } }
  services:
    app:
      loadBalancer:
        strategy: bytraffic
        failOnStatus: [500, 502-504]
        retry: 60
        sticky: { session: { name: JSESSIONID|jsessionid, scolonPathDelim: true } }
        outlierDetection: {}
        servers:
          - { url: http://a, weight: 0.5, route: s1, redirect: s2, status: +H }
          - { url: http://b, route: s1, lbset: 1, retry: 500ms, status: H }
          - { url: http://c, weight: 0, route: s1 }
    plain: { loadBalancer: { strategy: byrequests, servers: [{ url: http://a:80 }, { url: https://a:80 }] } }
`),
    )
    const { members, session, balancing, outlierDetection } = services.get('app') ?? assert.fail()
    assert.deepEqual(routers.get('app')?.stickyCookie, { path: '/app', domain: undefined })
    assert.deepEqual(session, {
      cookie: 'JSESSIONID',
      parameter: 'jsessionid',
      separator: '.',
      scolonPathDelim: true,
    })
    assert.deepEqual(balancing, {
      ...balancingDefaults,
      method: 'bytraffic',
      failOnStatus: ['500', '502-504'],
      retryMs: 60_000,
    })
    assert.equal(outlierDetection?.ejectionTimeMs, 30_000)
    assert.deepEqual(
      members.map(({ weight, route, parameters }) => [weight, route, parameters]),
      [
        [0.5, 's1', { redirect: 's2', lbset: 0, status: 'H', retryMs: undefined }],
        [1, 's1', { redirect: undefined, lbset: 1, status: 'H', retryMs: 500 }],
      ],
    )
    assert.deepEqual(Object.keys(services.get('plain') ?? {}), ['members', 'passHostHeader', 'stickyCookie'])
    assert.deepEqual(shownProblems({ problems }), [
      'warning http.services.app.loadBalancer.servers (service "app"): "http://a" and "http://b" share the route "s1", so sessions cannot tell them apart; leave out the route: each then has one of its own',
      'warning http.services.app.loadBalancer.servers (service "app"): all its members are hot standbys ("H"), and there is none to stand by for: they serve all the same; leave the letter out for those that should serve first',
      'warning http.services.plain.loadBalancer.servers (service "plain"): "http://a:80" and "https://a:80" share the route "a-80", so sessions cannot tell them apart; give each a route of its own',
    ])
  })

  test('leaves out a middleware with an error, and takes one of nested maps and lists as it is', () => {
    const { middlewares, problems } = decodeDocument({
      http: {
        middlewares: {
          guard: { ipAllowList: { sourceRange: ['10.0.0.0/8', 'nowhere'] } },
          plug: { plugin: { geo: { countries: ['CH', 'DE'], api: { key: 7 } } } },
        },
      },
    })
    assert.deepEqual(shownProblems({ problems }), [
      'error http.middlewares.guard.ipAllowList.sourceRange (middleware "guard"): "nowhere" is not an IP address or range',
    ])
    const geo = new Map<string, unknown>([
      ['countries', ['CH', 'DE']],
      ['api', new Map([['key', '7']])],
    ])
    assert.deepEqual([...middlewares], [['plug', { kind: 'pending', type: 'plugin', options: { geo } }]])
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
      'error http.middlewares.m (middleware "m"): nothing is set; known here: addPrefix, chain, contentType, encodedCharacters, headers, passReverse, redirectRegex, redirectScheme, replacePath, replacePathRegex, stripPrefix, stripPrefixRegex',
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
    const { problems } = decodeDocument({ http: { middlewares: { m: { plugin: unfolded } } } })
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['too large: the rest is not read'],
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
