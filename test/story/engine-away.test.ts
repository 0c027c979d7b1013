// The Docker engine goes away while clients are served: none of them notices, and whoever looks is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMuster } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { startFakeEngine } from '../support/fake-engine.ts'
import { startOrigin } from '../support/origin.ts'
import { Visitor } from '../support/visitor.ts'

const ceilingMs = 10_000

test('an engine that is away for a while costs no request, and is told of until it is back', async () => {
  await using origin = await startOrigin((_request, response) => response.end('ok'))
  await using engine = await startFakeEngine()
  const web = {
    name: 'web',
    labels: { 'traefik.http.services.web.loadbalancer.server.port': String(origin.port) },
    networks: { shop: '127.0.0.1' },
    networkMode: 'shop',
  }
  engine.add(web)
  await using muster = await startMuster(
    `--providers.docker.endpoint=${engine.endpoint}`,
    '--providers.docker.defaultrule=Host(`web.local`)',
  )
  using visitor = new Visitor({ port: muster.port, host: 'web.local' })
  using looker = new Visitor({ port: muster.apiPort, host: 'localhost' })
  await eventually(async () => assert.equal((await visitor.get('/')).status, 200), ceilingMs)
  const asked = new AbortController()
  const statuses = ask()

  await engine.shutDown()
  await eventually(async () => assert.match(await problems(), /not reachable since .*may be out of date/), ceilingMs)
  await engine.listen()
  await eventually(async () => assert.doesNotMatch(await problems(), /not reachable/), ceilingMs)
  // One that has just begun may know of nothing yet.
  let lists = 0
  engine.intercept = ({ path }) =>
    path === '/containers/json' && ++lists === 1 ? { status: 200, body: '[]' } : undefined
  engine.dropConnections()
  await eventually(() => assert.ok(lists >= 2), ceilingMs)

  asked.abort()
  assert.deepEqual([...(await statuses)], [200])

  async function ask(): Promise<ReadonlySet<number>> {
    const seen = new Set<number>()
    while (!asked.signal.aborted) seen.add((await visitor.get('/')).status)
    return seen
  }

  async function problems(): Promise<string> {
    return (await looker.get('/api/muster/problems')).body
  }
})
