// Traefik's read API: what its clients and dashboards ask for, and what they are told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApi } from '../../../src/admin/api.ts'
import { internalServiceNames } from '../../../src/admin/internal-declaration.ts'
import { middlewareItems } from '../../../src/admin/middleware-items.ts'
import type { AdminSources } from '../../../src/admin/sources.ts'
import { openEditStore } from '../../../src/edits/edit-store.ts'
import type { InternalAnswer } from '../../../src/exchange/internal.ts'
import { balancingDefaults } from '../../../src/model/service-config.ts'
import type { MiddlewareConfig, RouterConfig } from '../../../src/model/dynamic-config.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import { merge } from '../../../src/model/merge.ts'
import { qualify } from '../../../src/model/qualified-name.ts'
import { Journal } from '../../../src/reconciler/journal.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { createLinker } from '../../../src/snapshot/link.ts'
import { SnapshotStore } from '../../../src/snapshot/snapshot-store.ts'
import type { Snapshot } from '../../../src/snapshot/snapshot.ts'
import { headersWith } from '../middleware/harness.ts'

const edits = await openEditStore({ path: undefined, secret: undefined, warn: () => undefined })

const router: RouterConfig = {
  rule: 'Host(`a.local`)',
  service: 's',
  middlewares: [],
  entryPoints: undefined,
  priority: undefined,
}
const routers: Readonly<Record<string, RouterConfig>> = {
  b: { ...router, middlewares: ['strip'], priority: 2n ** 62n },
  a: { ...router, rule: 'Host(`other.local`) && Path(`/long`)' },
  broken: { ...router, rule: 'Host(' },
  locked: { ...router, middlewares: ['auth'] },
  warned: { ...router, entryPoints: ['http', 'nope'] },
  page: { ...router, service: 'api@internal' },
}
const middlewares: Readonly<Record<string, MiddlewareConfig>> = {
  strip: { kind: 'stripPrefix', prefixes: ['/x'], forceSlash: false },
  auth: { kind: 'pending', type: 'basicAuth', options: { users: ['u:$apr1$x'], realm: 'r' } },
  limit: { kind: 'pending', type: 'rateLimit', options: { average: 1, redis: { password: '$apr1$y' } } },
}
const member = {
  id: 'm',
  scheme: 'http',
  host: 'fd00::1',
  port: 80,
  weight: 2,
  slot: 'm',
  container: undefined,
} as const
const service: ServiceConfig = { members: [member], passHostHeader: true, stickyCookie: undefined }
const full: ServiceConfig = {
  members: [],
  passHostHeader: true,
  stickyCookie: {
    name: 'ROUTEID',
    secure: false,
    httpOnly: false,
    sameSite: undefined,
    maxAge: 0,
    path: '/',
    domain: undefined,
    form: 'route',
  },
  session: { cookie: 'JSESSIONID', parameter: 'jsessionid', separator: '.', scolonPathDelim: false },
  balancing: { ...balancingDefaults, method: 'leasttime' },
  healthCheck: {
    mode: 'http',
    path: '/health',
    scheme: undefined,
    method: 'GET',
    status: undefined,
    port: undefined,
    intervalMs: 90_000,
    unhealthyIntervalMs: 500,
    timeoutMs: 5000,
    hostname: undefined,
    followRedirects: true,
    headers: new Map(),
    rise: 1,
    fall: 3,
  },
  passiveHealthCheck: { failureWindowMs: 10_000, maxFailedAttempts: 1 },
}
const stream = {
  routers: new Map([
    [
      'db',
      {
        rule: 'HostSNI(`*`)',
        entryPoints: ['http'],
        middlewares: [],
        service: 'db',
        priority: undefined,
        tls: undefined,
      },
    ],
  ]),
  services: new Map([['db', { loadBalancer: { servers: [{ address: '10.0.0.1:5432' }] } }]]),
  middlewares: new Map(),
}

const names = (items: unknown): string[] => (items as { name: string }[]).map(({ name }) => name)

const lists: readonly (readonly [string, string])[] = [
  ['', 'a b broken locked page warned'],
  ['?direction=desc', 'warned page locked broken b a'],
  ['?search=OTHER', 'a'],
  ['?search=lock', 'locked'],
  ['?status=disabled', 'broken locked'],
  ['?status=WARNING', 'warned'],
  ['?serviceName=api@internal', 'page'],
  ['?serviceName=s@test', 'a b broken locked warned'],
  ['?middlewareName=strip@test', 'b'],
  ['?sortBy=priority&direction=desc', 'b a warned page locked broken'],
  ['?sortBy=status', 'broken locked a b page warned'],
  ['?sortBy=rule', 'broken b locked page warned a'],
  ['?sortBy=nonsense', 'a b broken locked page warned'],
  ['?per_page=4', 'a b broken locked'],
  ['?per_page=4&page=2', 'page warned'],
]
for (const [query, expected] of lists) {
  test(`/api/http/routers${query}`, () => {
    const { status, body } = get(`/api/http/routers${query}`)
    assert.equal(status, 200)
    assert.equal(names(JSON.parse(body)).join(' ').replaceAll('@test', ''), expected)
  })
}

for (const [query, next] of [
  ['?per_page=4', '2'],
  ['?per_page=4&page=2', '1'],
  ['', '1'],
] as const) {
  test(`the next page after /api/http/routers${query} is ${next}`, () => {
    const { fields } = get(`/api/http/routers${query}`)
    assert.equal(fields[fields.indexOf('X-Next-Page') + 1], next)
  })
}

for (const [query, message] of [
  ['?page=0', 'invalid request: page: 0'],
  ['?per_page=x', 'invalid request: per_page: 0'],
  ['?page=-1', 'invalid request: page: -1'],
  ['?page=9', 'invalid request: page: 9, per_page: 100'],
] as const) {
  test(`/api/http/routers${query} is refused with Traefik's sentence`, () => {
    const { status, body } = get(`/api/http/routers${query}`)
    assert.deepEqual([status, JSON.parse(body)], [400, { message }])
  })
}

for (const path of [
  '/api/http/routers/x@test',
  '/api/http/services/x@test',
  '/api/http/middlewares/x@test',
  '/api/tcp/routers/x@test',
  '/api/entrypoints/x',
  '/api/nothing',
  '/api/http/routers/%',
]) {
  test(`${path} is not there and says so`, () => {
    const { status, body } = get(path)
    assert.equal(status, 404)
    assert.match(JSON.parse(body).message, /not found|nothing is at/)
  })
}

test('a router as Traefik shows it', () => {
  assert.deepEqual(JSON.parse(get('/api/http/routers/b@test').body), {
    entryPoints: ['http'],
    middlewares: ['strip@test'],
    service: 's',
    rule: 'Host(`a.local`)',
    priority: 2 ** 62,
    priorityStr: String(2n ** 62n),
    observability: { accessLogs: true, metrics: true, tracing: true, traceVerbosity: 'minimal' },
    status: 'enabled',
    using: ['http'],
    name: 'b@test',
    provider: 'test',
  })
})

test('a service and who uses it, without what is not set', () => {
  const shown = JSON.parse(get('/api/http/services/s@test').body)
  assert.deepEqual(shown, {
    loadBalancer: {
      servers: [{ url: 'http://[fd00::1]:80', weight: 2 }],
      strategy: 'wrr',
      passHostHeader: true,
      responseForwarding: { flushInterval: '100ms' },
    },
    status: 'enabled',
    usedBy: ['a@test', 'b@test', 'broken@test', 'locked@test', 'warned@test'],
    name: 's@test',
    provider: 'test',
    type: 'loadbalancer',
  })
})

test('how a service balances, sticks and is checked, with the durations of Traefik', () => {
  const { loadBalancer } = JSON.parse(get('/api/http/services/full@test').body)
  assert.deepEqual(loadBalancer, {
    sticky: {
      cookie: { name: 'ROUTEID', secure: false, httpOnly: false, maxAge: 0, path: '/', form: 'route' },
      session: { name: 'JSESSIONID|jsessionid', separator: '.', scolonPathDelim: false },
    },
    strategy: 'leasttime',
    passHostHeader: true,
    healthCheck: {
      mode: 'http',
      path: '/health',
      method: 'GET',
      interval: '1m30s',
      unhealthyInterval: '500ms',
      timeout: '5s',
      followRedirects: true,
      fall: 3,
    },
    passiveHealthCheck: { failureWindow: '10s', maxFailedAttempts: 1 },
    responseForwarding: { flushInterval: '100ms' },
  })
})

test('a middleware that does not run yet says so and keeps its secrets', () => {
  const { body } = get('/api/http/middlewares/auth@test')
  const shown = JSON.parse(body)
  assert.equal(shown.type, 'basicauth')
  assert.equal(shown.status, 'disabled')
  assert.deepEqual(shown.basicAuth, { users: ['xxxx'], realm: 'r' })
  assert.match(shown.error[0], /basicAuth middleware is not supported yet/)
  for (const path of ['/api/rawdata', '/api/http/middlewares']) assert.doesNotMatch(get(path).body, /apr1/)
})

const told: readonly (readonly [MiddlewareConfig, object])[] = [
  [
    {
      kind: 'pending',
      type: 'plugin',
      options: {
        bouncer: new Map<string, unknown>([
          ['crowdsecLapiKey', 'x'],
          ['crowdsecMode', 'live'],
          ['clients', [new Map([['clientSecret', 'x']])]],
          ['empty', ''],
        ]),
      },
    },
    { bouncer: { crowdsecLapiKey: 'xxxx', crowdsecMode: 'live', clients: [{ clientSecret: 'xxxx' }], empty: '' } },
  ],
  [
    { kind: 'pending', type: 'forwardAuth', options: { address: 'https://u:x@auth.local/?to=a@b' } },
    { address: 'https://xxxx@auth.local/?to=a@b' },
  ],
  [
    headersWith({
      customRequestHeaders: new Map([
        ['authorization', 'Basic x'],
        ['X-Api-Key', 'x'],
        ['Cookie', ''],
        ['X-Name', 'shop'],
      ]),
      stsSeconds: 10,
    }),
    {
      customRequestHeaders: { authorization: 'xxxx', 'X-Api-Key': 'xxxx', Cookie: '', 'X-Name': 'shop' },
      stsSeconds: 10,
    },
  ],
  [{ kind: 'redirectScheme', scheme: 'https', port: '', permanent: false }, { scheme: 'https' }],
  [
    { kind: 'passReverse', prefix: undefined, location: false, cookiePath: new Map(), cookieDomain: new Map() },
    { location: false },
  ],
]

for (const [config, shown] of told) {
  const type = config.kind === 'pending' ? config.type : config.kind
  test(`${type} is shown without its secrets and without what is off: ${JSON.stringify(shown)}`, () => {
    const [item] = middlewareItems({ store: { current: snapshotWith(config) } } as unknown as AdminSources)
    assert.deepEqual((item?.json as Record<string, unknown> | undefined)?.[type], shown)
  })
}

function snapshotWith(config: MiddlewareConfig): Pick<Snapshot, 'middlewares'> {
  return { middlewares: new Map([[qualify('m', 'test'), { config, status: 'enabled', errors: [], usedBy: [] }]]) }
}

const questions: readonly (readonly [question: string, reason: RegExp])[] = [
  ['', /^url is not one/],
  ['url=http://', /^url is not one/],
  [`url=a.local/&header=X:${'a'.repeat(9000)}`, /^the question has 9010 characters; the limit is 8192$/],
  ['url=http://a%00b/', /^the Host field is not a host$/],
  ['url=a.local/%25zz', /^the request target is not a path$/],
  ['url=a.local&client=me', /^client is not an IP address$/],
  ['url=a.local&entrypoint=__proto__', /^there is no entrypoint "__proto__"$/],
  ['url=a.local&method=G%0d%0aX', /^method is not one$/],
  ['url=a.local&method=', /^method is not one$/],
  ['url=a.local&header=X-A', /^a header is not one/],
  ['url=a.local&header=X-A:%0d%0aX-B:1', /^a header is not one/],
  ['url=a.local&header=%20:1', /^a header is not one/],
]
for (const [question, reason] of questions) {
  test(`explain?${question.slice(0, 60)} tells what is wrong with the question`, () => {
    const { outcome } = JSON.parse(get(`/api/muster/explain?${question}`).body)
    assert.match(outcome.reason, reason)
    assert.ok(outcome.status === 400 || outcome.status === 404)
  })
}

test('TCP routers are listed with the reason why they do not run', () => {
  const shown = JSON.parse(get('/api/tcp/routers/db@test').body)
  assert.deepEqual([shown.status, shown.error], ['disabled', ['TCP is not supported yet']])
  assert.deepEqual(JSON.parse(get('/api/tcp/services/db@test').body).usedBy, ['db@test'])
  assert.deepEqual(JSON.parse(get('/api/udp/routers').body), [])
})

test('the overview counts', () => {
  const shown = JSON.parse(get('/api/overview').body)
  assert.deepEqual(shown.http.routers, { total: 6, warnings: 1, errors: 2 })
  assert.deepEqual(shown.http.middlewares, { total: 3, warnings: 0, errors: 2 })
  assert.deepEqual(shown.tcp.routers, { total: 1, warnings: 0, errors: 1 })
  assert.deepEqual(shown.features, { tracing: '', metrics: '', accessLog: false, hub: false })
  assert.deepEqual(shown.providers, ['Docker'])
})

test('an entrypoint as it was started', () => {
  const shown = JSON.parse(get('/api/entrypoints/http').body)
  assert.equal(shown.name, 'http')
  assert.equal(shown.address, ':80')
  assert.deepEqual(shown.transport.lifeCycle, { requestAcceptGraceTimeout: '0s', graceTimeOut: '10s' })
  assert.deepEqual(shown.transport.respondingTimeouts, { readTimeout: '1m0s', writeTimeout: '0s', idleTimeout: '3m0s' })
  assert.deepEqual(names(JSON.parse(get('/api/entrypoints').body)), ['http', 'traefik'])
})

test('everything at once, by name', () => {
  const shown = JSON.parse(get('/api/rawdata').body)
  assert.deepEqual(Object.keys(shown), ['routers', 'middlewares', 'services', 'tcpRouters', 'tcpServices'])
  assert.deepEqual(
    Object.keys(shown.services).filter((name) => name.endsWith('@internal')),
    ['api@internal', 'dashboard@internal', 'noop@internal', 'ping@internal'],
  )
})

const engineAway = {
  severity: 'warning',
  provider: 'docker',
  source: 'unix:///var/run/docker.sock',
  field: undefined,
  object: undefined,
  reason: 'not reachable since yesterday',
  hint: 'what is shown of its containers may be out of date',
} as const

test('what may be out of date is the first of the problems', () => {
  const [first] = JSON.parse(get('/api/muster/problems').body)
  assert.equal(
    first.text,
    'unix:///var/run/docker.sock: not reachable since yesterday; what is shown of its containers may be out of date',
  )
})

test('problems name the container, the label, the reason and the way out', () => {
  const first = JSON.parse(get('/api/muster/problems').body).find(
    ({ object }: { object?: { name: string } }) => object?.name === 'broken',
  )
  assert.equal(first.container ?? first.file, 'web-1')
  assert.equal(first.label ?? first.option, 'traefik.http.routers.broken.rule')
  assert.match(first.reason, /never closed/)
})

test('below a base path the same is found, and nothing elsewhere is lost', () => {
  assert.equal(get('/muster/api/version', ['--api.basepath=/muster']).status, 200)
  assert.equal(get('/muster/dashboard/', ['--api.basepath=/muster']).status, 200)
})

test('the pages are found where Traefik has its dashboard, with references that fit both places', () => {
  assert.match(get('/balancer-manager').body, /href="balancer-manager\/page\.css"/)
  assert.match(
    get('/dashboard/').body,
    /href="page\.css".*data-api="\.\.\/api\/"|data-api="\.\.\/api\/"[^]*href="page\.css"/,
  )
  assert.deepEqual(get('/dashboard').fields, ['Location', 'dashboard/'])
  for (const flags of [[], ['--api.basepath=/muster']]) {
    const root = flags.length === 0 ? '/' : '/muster/'
    assert.deepEqual(get(root, flags).fields, ['Location', 'balancer-manager'])
  }
  for (const path of ['/dashboard/page.js', '/balancer-manager/page.js']) assert.equal(get(path).status, 200)
})

test('another method is 405 and says which are allowed', () => {
  const { status, fields } = get('/api/rawdata', [], 'POST')
  assert.equal(status, 405)
  assert.equal(fields[fields.indexOf('Allow') + 1], 'GET, HEAD')
})

function get(target: string, flags: readonly string[] = [], method = 'GET'): InternalAnswer {
  const settings = parseFlags(['--api.insecure', '--providers.docker', ...flags])
  const [path = '', query] = target.split('?')
  const link = createLinker({
    entryPoints: new Map([...settings.entryPoints.keys()].map((name) => [name, { middlewares: [], tls: false }])),
    defaultEntryPoints: ['http'],
    internalServices: internalServiceNames(settings),
    defaultRuleSyntax: 'v3',
  })
  const config = merge([
    {
      provider: 'test',
      routers: new Map(Object.entries(routers)),
      services: new Map([
        ['s', service],
        ['full', full],
      ]),
      middlewares: new Map(Object.entries(middlewares)),
      tcp: stream,
      problems: [],
      origins: new Map([['broken', { source: 'web-1', field: 'traefik.http.routers.broken' }]]),
      cause: { what: 'test', at: 0 },
    },
  ])
  const store = new SnapshotStore(link(config, 1))
  const api = createApi({
    version: '1',
    startDate: '',
    settings,
    store,
    cluster: { members: [] },
    edits,
    journal: new Journal(),
    waiting: () => ({ now: 3, ever: 17 }),
    declared: () => config,
    troubles: () => [engineAway],
    apply: () => Promise.resolve(),
  })
  const around = { host: 'localhost', fields: [], clientIp: '127.0.0.1', router: 'api@internal', body: undefined }
  return api({ method, path, query, ...around }) as InternalAnswer
}
