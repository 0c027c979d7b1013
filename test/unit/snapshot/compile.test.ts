import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/ledger/ledger.ts'
import { respond } from '../../../src/exchange/respond.ts'
import type { Handler } from '../../../src/exchange/exchange.ts'
import type { MiddlewareConfig, RouterConfig } from '../../../src/model/dynamic-config.ts'
import type { ServiceConfig } from '../../../src/model/service-config.ts'
import { merge } from '../../../src/model/merge.ts'
import type { Problem } from '../../../src/model/problem.ts'
import type { QualifiedName } from '../../../src/model/qualified-name.ts'
import { Holds } from '../../../src/service/holds.ts'
import { Compiler } from '../../../src/snapshot/compile.ts'
import type { Handlers } from '../../../src/snapshot/compile.ts'
import { createLinker } from '../../../src/snapshot/link.ts'
import { planUpdate } from '../../../src/snapshot/plan-update.ts'
import type { RouterInfo, Snapshot } from '../../../src/snapshot/snapshot.ts'
import { ask, openEdge } from '../../support/edge.ts'

test("the seed's two routers: the longer prefix wins, the slashless path belongs to the other", async () => {
  const snapshot = compiled({
    static: { rule: 'Host(`demo.res.ch`) && PathPrefix(`/`)', service: 'static' },
    dynamic: { rule: 'Host(`demo.res.ch`) && PathPrefix(`/api/jokes/`)', service: 'dynamic' },
  })
  await using edge = await openEdge(snapshot.handlers.get('web') as Handler)
  assert.equal((await ask(edge.port, '/', { host: 'demo.res.ch' })).body, 'static@test')
  assert.equal((await ask(edge.port, '/api/jokes/1', { host: 'DEMO.res.ch:80' })).body, 'dynamic@test')
  assert.equal((await ask(edge.port, '/api/jokes', { host: 'demo.res.ch' })).body, 'static@test')
})

test("no route is Traefik's 404", async () => {
  await using edge = await openEdge(compiled({}).handlers.get('web') as Handler)
  const answer = await ask(edge.port, '/')
  assert.deepEqual([answer.status, answer.body], [404, '404 page not found\n'])
})

const broken: readonly (readonly [string, Partial<RouterConfig>, RegExp])[] = [
  ['an unknown service', { service: 'sttaic' }, /service "sttaic@test" does not exist; did you mean "static"\?/],
  [
    'an unknown middleware',
    { middlewares: ['stripe'] },
    /middleware "stripe@test" does not exist; did you mean "strip"\?/,
  ],
  [
    'a rule that cannot be parsed',
    { rule: 'Hots(`a`)' },
    /rule: Hots\(`a`\): .*"Hots".*character 1.*did you mean "Host"/,
  ],
  ['no entrypoint that exists', { entryPoints: ['wbe'] }, /entrypoint "wbe" does not exist; did you mean "web"\?/],
]

for (const [name, change, reason] of broken) {
  test(`a router with ${name} is disabled with its reason, and the others serve`, async () => {
    const snapshot = compiled({
      good: { rule: 'Path(`/good`)', priority: 100n },
      bad: { rule: 'PathPrefix(`/`)', ...change },
    })
    const bad = snapshot.routers.get('bad@test' as QualifiedName) as RouterInfo
    assert.equal(bad.status, 'disabled')
    assert.match(bad.errors.join(), reason)
    assert.deepEqual(
      snapshot.problems.map(({ object, source }) => [source, object]),
      [['web-1', { kind: 'router', name: 'bad' }]],
    )
    assert.match(
      snapshot.problems[0]?.field ?? '',
      /^traefik\.http\.routers\.bad\.(rule|service|middlewares|entryPoints)$/,
    )
    await using edge = await openEdge(snapshot.handlers.get('web') as Handler)
    assert.equal((await ask(edge.port, '/good')).status, 200)
    const elsewhere = await ask(edge.port, '/elsewhere')
    // Served without its middleware it could be open to everybody; the next router might serve the same members.
    assert.equal(elsewhere.status, name === 'an unknown middleware' ? 503 : 404)
    if (elsewhere.status === 503)
      assert.match(elsewhere.body, /router "bad@test" is not served: middleware "stripe@test" does not exist/)
  })
}

test('a router whose middlewares label is misspelt does not serve unprotected', () => {
  const field = 'traefik.http.routers.r.middleware'
  const typo = {
    severity: 'error',
    provider: 'test',
    source: 'web-1',
    reason: 'unknown field',
    hint: undefined,
  } as const
  const problems = [{ ...typo, field, object: { kind: 'router', name: 'r' } }] as const
  const snapshot = compiled({ r: { rule: 'Path(`/`)' }, other: { rule: 'Path(`/`)' } }, problems)
  assert.equal(snapshot.routers.get('r@test' as QualifiedName)?.status, 'disabled')
  assert.equal(snapshot.routers.get('other@test' as QualifiedName)?.status, 'enabled')
})

test('one unknown entrypoint among known ones is a warning', () => {
  const snapshot = compiled({ r: { rule: 'Path(`/`)', entryPoints: ['web', 'wbe'] } })
  const info = snapshot.routers.get('r@test' as QualifiedName)
  assert.equal(info?.status, 'warning')
  assert.deepEqual(info?.using, ['web'])
})

test('a router without entrypoints listens on the default ones, not on the one of the API', () => {
  assert.deepEqual(compiled({ r: { rule: 'Path(`/`)' } }).routers.get('r@test' as QualifiedName)?.using, ['web'])
})

test('priority decides before length', async () => {
  const snapshot = compiled({
    long: { rule: 'PathPrefix(`/a`) && PathPrefix(`/`)', service: 'static' },
    first: { rule: 'PathPrefix(`/`)', service: 'dynamic', priority: 1000n },
  })
  await using edge = await openEdge(snapshot.handlers.get('web') as Handler)
  assert.equal((await ask(edge.port, '/a')).body, 'dynamic@test')
})

test("a router may lead to a service of Muster's own", async () => {
  const snapshot = compiled({ api: { rule: 'PathPrefix(`/`)', service: 'api@internal' } })
  await using edge = await openEdge(snapshot.handlers.get('web') as Handler)
  assert.equal((await ask(edge.port, '/')).body, 'the api')
})

test('what uses what is known', () => {
  const snapshot = compiled({ r: { rule: 'Path(`/`)', middlewares: ['strip'] } })
  assert.deepEqual(snapshot.services.get('static@test' as QualifiedName)?.usedBy, ['r@test'])
  assert.deepEqual(snapshot.middlewares.get('strip@test' as QualifiedName)?.usedBy, ['r@test'])
})

const strip: MiddlewareConfig = { kind: 'stripPrefix', prefixes: ['/api'], forceSlash: false }
const emptyService: ServiceConfig = { members: [], passHostHeader: true, stickyCookie: undefined }

function compiled(
  routers: Record<string, Partial<RouterConfig>>,
  problems: readonly Problem[] = [],
): Snapshot & { handlers: Handlers } {
  const books = new Ledger()
  const usual: RouterConfig = {
    rule: '',
    service: 'static',
    middlewares: [],
    entryPoints: undefined,
    priority: undefined,
  }
  const member = {
    scheme: 'http',
    host: '127.0.0.1',
    port: 80,
    weight: 1,
    slot: '1',
    container: undefined,
    id: '1',
  } as const
  const service = { ...emptyService, members: [member] }
  for (const name of ['static@test', 'dynamic@test']) {
    books.row(`${name}|1`).available = true
    books.arrange(name, [{ key: `${name}|1`, weight: 1 }])
  }
  const config = merge([
    {
      provider: 'test',
      routers: new Map(Object.entries(routers).map(([name, router]) => [name, { ...usual, ...router }])),
      services: new Map([
        ['static', service],
        ['dynamic', service],
      ]),
      middlewares: new Map([['strip', strip]]),
      problems,
      origins: new Map([['bad', { source: 'web-1', field: 'traefik.http.routers.bad' }]]),
      cause: { what: 'test', at: 0 },
    },
  ])
  const api = 'api@internal' as QualifiedName
  const plain = { middlewares: [], tls: false }
  const link = createLinker({
    entryPoints: new Map([
      ['web', plain],
      ['traefik', plain],
    ]),
    defaultEntryPoints: ['web'],
    internalServices: [api],
    defaultRuleSyntax: 'v3',
  })
  const snapshot = link(config, 1)
  const compiler = new Compiler({
    entryPoints: ['web', 'traefik'],
    books,
    secret: '',
    holds: new Holds(0, () => undefined),
    holdMs: 0,
    tell: () => undefined,
    forward: (exchange) => {
      respond(exchange, 200, exchange.record.service)
      return Promise.resolve()
    },
    internalServices: new Map([[api, answerApi]]),
  })
  const handlers = compiler.compile(snapshot.plan, planUpdate(undefined, snapshot.plan), [])
  return { ...snapshot, handlers }
}

const answerApi: Handler = (exchange) => {
  respond(exchange, 200, 'the api')
  return Promise.resolve()
}
