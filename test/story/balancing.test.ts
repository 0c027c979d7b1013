// Balancers as Apache's users know them, through all of Muster: a file that says so, real members, and threads that share
// what they learn.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { configFile, openMember, openMemberWith } from '../support/file-config.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { member, memberStates } from '../support/members-told.ts'

const host = 'demo.res.ch'
const ceilingMs = 10_000

for (const threads of [0, 2]) {
  describe(`with ${threads} threads`, () => {
    test('a member that cannot be reached is passed over by all, says why, and is asked again after its retry', async () => {
      await using a = await openMember('a')
      const port = await closedPort()
      const servers = `[{ url: '${a.url}' }, { url: 'http://127.0.0.1:${port}', retry: 300ms }]`
      await using config = await configFile(service(`servers: ${servers}`))
      await using muster = await start(config.path, threads)
      // Whoever meets it is served by the other one, POST and all.
      for (let i = 0; i < 4; i++) {
        assert.equal((await ask(muster.port, '/', { host, method: 'POST' })).status, 200)
      }
      const told = await eventually(async () => {
        const found = await member(muster.apiPort, `127.0.0.1:${port}`)
        assert.equal(found.state, 'error')
        return found
      }, ceilingMs)
      assert.equal(told.reason, 'connection refused')
      assert.equal(told.errors, 1)
      await using _late = await listenAt(port, 'late')
      await eventually(async () => {
        assert.match((await ask(muster.port, '/', { host })).body, /^late/)
      }, ceilingMs)
      assert.equal((await member(muster.apiPort, `127.0.0.1:${port}`)).state, 'ready')
    })

    test('the only member in error is asked all the same, and comes back by its answer', async () => {
      const port = await closedPort()
      await using config = await configFile(service(`retry: 1h, servers: [{ url: 'http://127.0.0.1:${port}' }]`))
      await using muster = await start(config.path, threads)
      assert.equal((await ask(muster.port, '/', { host })).status, 502)
      await eventually(async () => {
        assert.deepEqual(await memberStates(muster.apiPort), ['error'])
      }, ceilingMs)
      await using _back = await listenAt(port, 'back')
      assert.equal((await ask(muster.port, '/', { host })).status, 200)
      await eventually(async () => assert.deepEqual(await memberStates(muster.apiPort), ['ready']), ceilingMs)
    })

    test('a hot standby serves while the others are in error, and no longer', async () => {
      await using spare = await openMember('standby')
      const port = await closedPort()
      const servers = `[{ url: 'http://127.0.0.1:${port}', retry: 300ms }, { url: '${spare.url}', status: +H }]`
      await using config = await configFile(service(`servers: ${servers}`))
      await using muster = await start(config.path, threads)
      assert.match((await ask(muster.port, '/', { host })).body, /^standby/)
      assert.match((await ask(muster.port, '/', { host })).body, /^standby/)
      await using _regular = await listenAt(port, 'regular')
      await eventually(async () => {
        assert.match((await ask(muster.port, '/', { host })).body, /^regular/)
      }, ceilingMs)
      for (let i = 0; i < 4; i++) assert.match((await ask(muster.port, '/', { host })).body, /^regular/)
    })

    test('a member that refuses requests is taken out by its passive check, and let in again', async () => {
      await using good = await openMember('good')
      await using bad = await openMemberWith((_request, response) => {
        response.statusCode = 503
        response.end('bad')
      })
      const passive = 'passiveHealthCheck: { failureWindow: 1s, maxFailedAttempts: 2 }'
      await using config = await configFile(
        service(`${passive}, servers: [{ url: '${good.url}' }, { url: '${bad.url}' }]`),
      )
      await using muster = await start(config.path, threads)
      for (let i = 0; i < 4; i++) await ask(muster.port, '/', { host })
      await eventually(
        async () => assert.deepEqual(await memberStates(muster.apiPort), ['ready', 'ejected']),
        ceilingMs,
      )
      for (let i = 0; i < 4; i++) assert.match((await ask(muster.port, '/', { host })).body, /^good/)
      await eventually(async () => assert.deepEqual(await memberStates(muster.apiPort), ['ready', 'ready']), ceilingMs)
    })

    test('drained members keep their sessions; when all are, newcomers get 503 and sessions are served', async () => {
      await using a = await openMember('a')
      await using b = await openMember('b')
      const text = (status: string): string =>
        service(
          `sticky: { cookie: { name: ROUTEID, form: route } }, servers: [{ url: '${a.url}', route: a, status: '${status}' }, { url: '${b.url}', route: b, status: '${status}' }]`,
        )
      await using config = await configFile(text('I'))
      await using muster = await start(config.path, threads)
      const first = await ask(muster.port, '/', { host })
      const [cookie = ''] = (first.fields.get('set-cookie')?.[0] ?? '').split(';')
      assert.match(cookie, /^ROUTEID=\.[ab]$/)
      await config.write(text('N'))
      await eventually(async () => assert.equal((await ask(muster.port, '/', { host })).status, 503), ceilingMs)
      const again = await ask(muster.port, '/', { host, fields: { cookie } })
      assert.deepEqual([again.status, again.body], [200, first.body])
      assert.equal(again.fields.has('set-cookie'), false)
      assert.deepEqual(await memberStates(muster.apiPort), ['draining', 'draining'])
    })
  })
}

test('a member counts as down until its first health check passes, and keeps its standing over updates', async () => {
  let healthy = false
  let checks = 0
  await using a = await openMemberWith((request, response) => {
    if (request.url === '/health') {
      checks++
      response.statusCode = healthy ? 204 : 500
    }
    response.end('a')
  })
  const check = 'healthCheck: { path: /health, interval: 50ms, fall: 2 }'
  await using config = await configFile(service(`${check}, servers: [{ url: '${a.url}' }]`))
  await using muster = await start(config.path, 0)
  await eventually(async () => assert.deepEqual(await memberStates(muster.apiPort), ['unhealthy']), ceilingMs)
  assert.equal((await member(muster.apiPort, '127.0.0.1')).reason, 'GET /health answered 500')
  assert.equal((await ask(muster.port, '/', { host })).status, 503)
  healthy = true
  await eventually(async () => assert.deepEqual(await memberStates(muster.apiPort), ['ready']), ceilingMs)
  assert.equal((await ask(muster.port, '/', { host })).status, 200)

  // An update that does not change the check does not begin it anew.
  const seen = checks
  await config.write(service(`${check}, maxAttempts: 1, servers: [{ url: '${a.url}' }]`))
  await muster.logged(({ message, fields }) => message === 'configuration updated' && fields['snapshot'] === 2)
  assert.deepEqual(await memberStates(muster.apiPort), ['ready'])
  await eventually(() => assert.ok(checks > seen), ceilingMs)
  healthy = false
  await eventually(async () => assert.deepEqual(await memberStates(muster.apiPort), ['unhealthy']), ceilingMs)
})

test('a member that fails far more than its fellows is ejected, and never more than the floor allows', async () => {
  const [good, other] = [await openMember('good'), await openMember('other')]
  await using _good = good
  await using _other = other
  const bad = await openMemberWith((_request, response) => {
    response.statusCode = 500
    response.end('bad')
  })
  await using _bad = bad
  const outliers = 'outlierDetection: { interval: 1s, minRequests: 5, ejectionTime: 1m }'
  const servers = [good, bad, other].map(({ url }) => `{ url: '${url}' }`).join(', ')
  await using config = await configFile(service(`${outliers}, servers: [${servers}]`))
  await using muster = await start(config.path, 0)
  await eventually(async () => {
    for (let i = 0; i < 12; i++) await ask(muster.port, '/', { host })
    assert.deepEqual(await memberStates(muster.apiPort), ['ready', 'ejected', 'ready'])
  }, ceilingMs)
  assert.match((await member(muster.apiPort, new URL(bad.url).host)).reason, /^failed \d+ of its last \d+ requests/)
  for (let i = 0; i < 6; i++) assert.equal((await ask(muster.port, '/', { host })).status, 200)
})

test('a router’s own cookie path reaches the client, the service’s on all others', async () => {
  await using a = await openMember('a')
  await using config = await configFile(`
http:
  routers:
    shop: { rule: 'Host(\`${host}\`) && PathPrefix(\`/shop\`)', service: web, sticky: { cookie: { path: /shop } } }
    rest: { rule: 'Host(\`${host}\`)', service: web }
  services:
    web: { loadBalancer: { sticky: { cookie: { name: c, path: /all } }, servers: [{ url: '${a.url}' }] } }
`)
  await using muster = await start(config.path, 0)
  const cookieAt = async (path: string): Promise<string | undefined> =>
    (await ask(muster.port, path, { host })).fields.get('set-cookie')?.[0]
  assert.match((await cookieAt('/shop/x')) ?? '', /^c=[0-9a-f]{16}; Path=\/shop$/)
  assert.match((await cookieAt('/x')) ?? '', /^c=[0-9a-f]{16}; Path=\/all$/)
})

test('under bytraffic a member that joins late gets its share, and is not flooded', async () => {
  const [a, b] = [await openMember('a'), await openMember('b')]
  await using _a = a
  await using _b = b
  const servers = (...urls: string[]): string =>
    service(`strategy: bytraffic, servers: [${urls.map((url) => `{ url: '${url}' }`).join(', ')}]`)
  await using config = await configFile(servers(a.url))
  await using muster = await start(config.path, 0)
  for (let i = 0; i < 50; i++) await ask(muster.port, '/', { host })
  await config.write(servers(a.url, b.url))
  await eventually(async () => assert.equal((await memberStates(muster.apiPort)).length, 2), ceilingMs)
  await muster.logged(({ message, fields }) => message === 'configuration updated' && fields['snapshot'] === 2)
  const bodies: string[] = []
  for (let i = 0; i < 20; i++) bodies.push((await ask(muster.port, '/', { host })).body.slice(0, 1))
  assert.equal(bodies.filter((name) => name === 'b').length, 10)
})

async function start(path: string, threads: number): Promise<RunningApp> {
  const muster = await startMuster(`--providers.file.filename=${path}`, `--threads=${threads}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  return muster
}

/** A service `web` with these fields of its load balancer, and a router to it. */
function service(loadBalancer: string): string {
  return `
http:
  routers: { web: { rule: 'Host(\`${host}\`)', service: web } }
  services: { web: { loadBalancer: { ${loadBalancer} } } }
`
}

async function closedPort(): Promise<number> {
  await using server = await listenAt(0, '')
  return server.port
}

async function listenAt(port: number, name: string): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_request, response) => response.end(name))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
