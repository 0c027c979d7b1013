// `muster explain` and `muster plan` put to a running Muster, whose containers come from an engine of the test's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExplain } from '../../src/cli/explain.ts'
import { runPlan } from '../../src/cli/plan.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { composed, startFakeEngine } from '../support/fake-engine.ts'
import type { FakeEngine } from '../support/fake-engine.ts'
import { openMember } from '../support/file-config.ts'
import type { TestMember } from '../support/file-config.ts'
import { virtualTerminal } from '../unit/cli/virtual-terminal.ts'

const { signal } = new AbortController()

/** Where nothing listens. */
async function deadApi(): Promise<string> {
  await using closed = await openMember('closed')
  return closed.url
}

/** Project `shop`: `web` with two replicas that are ready and one that is not, and `api` with a rule of its own. */
class Shop implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack
  readonly muster: RunningApp
  readonly #port: string

  private constructor(parts: AsyncDisposableStack, muster: RunningApp, port: string) {
    this.#parts = parts
    this.muster = muster
    this.#port = port
  }

  static async open(): Promise<Shop> {
    const parts = new AsyncDisposableStack()
    const engine: FakeEngine = parts.use(await startFakeEngine())
    const member: TestMember = parts.use(await openMember('any'))
    const { port } = new URL(member.url)
    for (const number of [1, 2, 3]) {
      const health = number === 3 ? ({ health: 'unhealthy' } as const) : {}
      engine.add(composed('shop', 'web', number, { ...web(port), ...health }))
    }
    engine.add(composed('shop', 'api', 1, { labels: api(port), networks: { shop_default: '127.0.0.1' } }))
    engine.add(composed('other', 'blog', 1, { labels: blog(port), networks: { other_default: '127.0.0.1' } }))
    const muster = parts.use(await startMuster(`--providers.docker.endpoint=${engine.endpoint}`))
    for (const slot of ['shop/web/1', 'shop/web/2', 'shop/api/1', 'other/blog/1']) {
      await muster.logged(
        ({ message, fields }) =>
          message === 'member changed' && fields['member'] === slot && fields['after'] === 'ready',
      )
    }
    return new Shop(parts.move(), muster, port)
  }

  /** The exit code and the lines that were printed, with the member's port as PORT. */
  async explain(...args: string[]): Promise<readonly [code: number, lines: readonly string[]]> {
    const terminal = virtualTerminal({})
    const code = await runExplain([...args, '--api', `http://127.0.0.1:${this.muster.apiPort}`], terminal, signal)
    return [code, [...terminal.printed, ...terminal.complaints].map((line) => line.replaceAll(this.#port, 'PORT'))]
  }

  async plan(text: string, ...args: string[]): Promise<readonly [code: number, lines: readonly string[]]> {
    const terminal = virtualTerminal({ 'compose.yaml': text.replaceAll('PORT', this.#port) })
    const words = ['/work/compose.yaml', '--api', `http://127.0.0.1:${this.muster.apiPort}`, ...args]
    const code = await runPlan(words, terminal, signal)
    return [code, [...terminal.printed, ...terminal.complaints].map((line) => line.replaceAll(this.#port, 'PORT'))]
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync()
  }
}

function web(port: string): { labels: Record<string, string>; networks: Record<string, string> } {
  const labels = {
    'traefik.http.routers.web.rule': 'Host(`shop.example`)',
    'traefik.http.services.web.loadbalancer.server.port': port,
    'traefik.http.services.web.loadbalancer.sticky.cookie.name': 'shop',
  }
  return { labels, networks: { shop_default: '127.0.0.1' } }
}

function api(port: string): Record<string, string> {
  return {
    'traefik.http.routers.api.rule':
      'Host(`shop.example`) && (PathPrefix(`/api/`) || Header(`X-Api`, `yes`)) && !Method(`DELETE`)',
    'traefik.http.routers.api.middlewares': 'strip',
    'traefik.http.middlewares.strip.stripprefix.prefixes': '/api',
    'traefik.http.services.api.loadbalancer.server.port': port,
  }
}

function blog(port: string): Record<string, string> {
  return {
    'traefik.http.routers.blog.rule': 'Host(`blog.example`)',
    'traefik.http.services.blog.loadbalancer.server.port': port,
    'traefik.http.middlewares.shared.addprefix.prefix': '/x',
    'traefik.http.routers.blog.middlewares': 'shared',
  }
}

test('explain: every matcher with what it saw, the middlewares, the service and its members', async () => {
  await using shop = await Shop.open()
  assert.deepEqual(await shop.explain('http://shop.example/api/%7Ea?x=1', '-H', 'X-Api: no'), [
    0,
    [
      'request     GET shop.example/api/~a?x=1',
      'entrypoint  http (none listens on :80, which may be published for this one)',
      'router      ✓ api@docker (priority 92)',
      '              ✓ all of',
      '                ✓ Host(`shop.example`) the host is "shop.example"',
      '                ✓ one of',
      '                  ✓ PathPrefix(`/api/`) the path is "/api/~a"',
      '                  ✗ Header(`X-Api`, `yes`) X-Api is "no"',
      '                ✓ not',
      '                  ✗ Method(`DELETE`) the method is "GET"',
      '            web@docker would match too, and comes later',
      'middleware  strip@docker (stripPrefix)',
      'service     api@docker',
      'member      ✓ shop/api/1 http://127.0.0.1:PORT ready: takes 1 of 1 new requests',
      'outcome     goes to shop/api/1',
    ],
  ])
})

test('explain: members that take no requests and why, and the one a cookie names', async () => {
  await using shop = await Shop.open()
  const [code, lines] = await shop.explain('shop.example/')
  assert.equal(code, 0)
  assert.deepEqual(lines.slice(-6), [
    '              ✓ Host(`shop.example`) the host is "shop.example"',
    'service     web@docker',
    'member      ✓ shop/web/1 http://127.0.0.1:PORT ready: takes 1 of 2 new requests',
    'member      ✓ shop/web/2 http://127.0.0.1:PORT ready: takes 1 of 2 new requests',
    'member      ✗ shop/web/3 http://127.0.0.1:PORT down: takes no requests: Docker health is unhealthy',
    'outcome     goes to one of shop/web/1, shop/web/2, in turn',
  ])
  const { fields } = await ask(shop.muster.port, '/', { host: 'shop.example' })
  const [cookie = ''] = String(fields.get('set-cookie')).split(';')
  const [, stuck] = await shop.explain('shop.example/', '--header', `Cookie: ${cookie}`)
  assert.match(stuck.at(-1) ?? '', /^outcome {5}goes to shop\/web\/[12]$/)
  assert.ok(stuck.some((line) => line.endsWith('ready: shop names it')))
  assert.ok(stuck.some((line) => line.endsWith('ready: shop names another one')))
})

test('explain: a request that nobody takes', async () => {
  await using shop = await Shop.open()
  const [code, lines] = await shop.explain('http://nobody.example/', '--method', 'put', '--client', '10.0.0.1')
  assert.equal(code, 1)
  assert.equal(lines[0], 'request     PUT nobody.example/')
  assert.ok(lines.includes('              ✗ Host(`blog.example`) the host is "nobody.example"'))
  assert.equal(lines.at(-1), 'outcome     404: no router matches')
  assert.deepEqual(await shop.explain('http://shop.example/a%zz'), [
    1,
    [
      'entrypoint  http (none listens on :80, which may be published for this one)',
      'outcome     400: the request target is not a path',
    ],
  ])
  assert.deepEqual(
    (await shop.explain('http://shop.example/', '--client', 'me'))[1].at(-1),
    'outcome     400: client is not an IP address',
  )
  const [, overTls] = await shop.explain('https://shop.example/')
  assert.ok(overTls.includes('            web@docker would match, but takes plain requests only'), overTls.join('\n'))
})

test('explain: on the entrypoint that was asked for, and in the words of machines', async () => {
  await using shop = await Shop.open()
  const [code, lines] = await shop.explain('http://any.example/api/version', '--entrypoint', 'traefik', '--json')
  assert.equal(code, 0)
  const { entryPoint, router, service, outcome, passedOver } = JSON.parse(lines.join('\n'))
  assert.deepEqual(entryPoint, { name: 'traefik', reason: 'asked for' })
  assert.equal(router, 'api@internal')
  assert.equal(service, 'api@internal')
  assert.deepEqual(outcome, { reason: "one of Muster's own services answers" })
  assert.deepEqual(passedOver, [])
  assert.deepEqual(await shop.explain('x', '--entrypoint', 'gone'), [
    1,
    ['outcome     404: there is no entrypoint "gone"'],
  ])
})

test('explain: of many routers those that come near', async () => {
  const labels = Array.from({ length: 30 }, (_, i) => [
    `traefik.http.routers.r${i}.rule`,
    `Host(\`${i}.example\`) && Path(\`/${i % 15}\`)`,
  ])
  await using engine = await startFakeEngine()
  engine.add(composed('many', 'all', 1, { labels: Object.fromEntries(labels), exposed: ['80/tcp'] }))
  await using muster = await startMuster(`--providers.docker.endpoint=${engine.endpoint}`)
  await muster.logged(({ fields }) => JSON.stringify(fields['added'] ?? '').includes('router r29@docker'))
  const terminal = virtualTerminal({})
  const api = `http://127.0.0.1:${muster.apiPort}`
  assert.equal(await runExplain(['http://1.example/16', '--api', api], terminal, signal), 1)
  assert.deepEqual(terminal.printed.slice(2), [
    'router      ✗ r1@docker (priority 31)',
    '              ✗ all of',
    '                ✓ Host(`1.example`) the host is "1.example"',
    '                ✗ Path(`/1`) the path is "/16"',
    '            29 more that do not match',
    'outcome     404: no router matches',
  ])
})

test('explain: what it cannot do', async () => {
  const terminal = virtualTerminal({})
  assert.equal(await runExplain(['--api', await deadApi(), 'http://a/'], terminal, signal), 2)
  assert.match(terminal.complaints[0] ?? '', /^muster: nothing answers at http:.* \(ECONNREFUSED\); is Muster running/)
  assert.equal(await runExplain(['--api', 'nowhere', 'http://a/'], terminal, signal), 2)
  assert.match(terminal.complaints.at(-1) ?? '', /^muster: "nowhere" is not an address/)
  assert.equal(await runExplain([], terminal, signal), 2)
  assert.match(terminal.complaints.join('\n'), /needs one URL\nusage: muster explain/)
})

const same = `
name: shop
services:
  web:
    deploy: {replicas: 3}
    labels:
      traefik.http.routers.web.rule: Host(\`shop.example\`)
      traefik.http.services.web.loadbalancer.server.port: PORT
      traefik.http.services.web.loadbalancer.sticky.cookie.name: shop
  api:
    labels:
      traefik.http.routers.api.rule: Host(\`shop.example\`) && (PathPrefix(\`/api/\`) || Header(\`X-Api\`, \`yes\`)) && !Method(\`DELETE\`)
      traefik.http.routers.api.middlewares: strip
      traefik.http.middlewares.strip.stripprefix.prefixes: /api
      traefik.http.services.api.loadbalancer.server.port: PORT
`

test('plan: the files that are running change nothing', async () => {
  await using shop = await Shop.open()
  const [code, [first, ...lines]] = await shop.plan(same)
  assert.match(first ?? '', /^project shop, compared with http:\/\/127\.0\.0\.1:\d+$/)
  assert.deepEqual([code, lines], [0, ['nothing changes']])
})

test('plan: what comes, what goes, what changes, and what other projects lend or keep', async () => {
  await using shop = await Shop.open()
  const text = `
name: shop
services:
  web:
    deploy: {replicas: 2}
    labels:
      traefik.http.routers.web.rule: Host(\`www.shop.example\`)
      traefik.http.routers.web.middlewares: shared
      traefik.http.services.web.loadbalancer.server.port: PORT
      traefik.http.services.web.loadbalancer.sticky.cookie.name: shop
  new:
    labels:
      traefik.http.routers.new.rule: Host(\`new.example\`)
      traefik.http.routers.new.middlewares: gone
      traefik.http.services.new.loadbalancer.server.port: 8080
      traefik.http.routers.blog.rule: Host(\`stolen.example\`)
`
  const [code, [, ...lines]] = await shop.plan(text)
  assert.equal(code, 1)
  assert.deepEqual(lines, [
    '- router api@docker',
    '+ router new@docker',
    '    entryPoints: ["http"]',
    '    middlewares: ["gone@docker"]',
    '    service: new',
    '    rule: Host(`new.example`)',
    '    status: disabled',
    '~ router web@docker',
    '    rule: Host(`shop.example`) → Host(`www.shop.example`)',
    '    priorityStr: 20 → 24',
    '    middlewares: none → ["shared@docker"]',
    '- middleware strip@docker',
    '- service api@docker',
    '+ service new@docker',
    '- member api@docker shop/api/1',
    '+ member new@docker shop/new/1',
    '    port: 8080',
    '- member web@docker shop/web/3',
    'compose.yaml:14:45 error traefik.http.routers.new.middlewares: middleware "gone@docker" does not exist',
    'compose.yaml:16:7 error traefik.http.routers.blog.rule: the router "blog@docker" is of project "other" already, which keeps it (choose another name)',
    '3 added, 5 removed, 1 changed',
  ])
})

test('plan: without a controller everything is added', async () => {
  const terminal = virtualTerminal({ 'compose.yaml': same.replaceAll('PORT', '80') })
  const words = ['/work/compose.yaml', '--api', await deadApi()]
  assert.equal(await runPlan(words, terminal, signal), 0)
  assert.equal(terminal.printed[0], 'project shop, compared with nothing')
  assert.equal(terminal.printed.at(-1), '9 added, 0 removed, 0 changed')
  const offline = virtualTerminal({ 'compose.yaml': same.replaceAll('PORT', '80') })
  assert.equal(await runPlan(['--offline', '/work/compose.yaml'], offline, signal), 0)
  assert.deepEqual([offline.printed, offline.complaints], [terminal.printed, []])
})
