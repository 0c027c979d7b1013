// The data plane in threads of its own: what is exact across them, what survives the death of one, and how all stop.
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { startApp } from '../../src/app.ts'
import { parseFlags } from '../../src/settings/flags.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { ask } from '../support/edge.ts'
import { eventually } from '../support/eventually.ts'
import { configFile, openMember, openMemberWith } from '../support/file-config.ts'
import type { ConfigFile, TestMember } from '../support/file-config.ts'
import { connectRaw } from '../support/raw-peer.ts'

/** So many connections of their own that one thread taking all of them would be a miracle. */
const connections = 24
/** How long something may take that sends no event when it is done. */
const ceilingMs = 10_000
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('byrequests is a strict cycle over all threads and connections', async () => {
  await using a = await openMember('a')
  await using b = await openMember('b')
  await using c = await openMember('c')
  await using config = await configFile(balanced(a.url, b.url, c.url))
  await using muster = await startThreads(config)
  const seen: string[] = []
  for (let i = 0; i < connections; i++) seen.push((await ask(muster.port, '/')).body.slice(0, 1))
  assert.equal(seen.join(''), 'abc'.repeat(connections / 3))
  assert.deepEqual(await electedOf(muster), [8, 8, 8])
})

test('a change is served by every thread when the log says so, and no count is lost by it', async () => {
  await using a = await openMember('a')
  await using b = await openMember('b')
  await using config = await configFile(balanced(a.url, b.url))
  await using muster = await startThreads(config)
  for (let i = 0; i < connections; i++) await ask(muster.port, '/')
  await config.write(balanced(a.url))
  await muster.logged(({ fields }) => JSON.stringify(fields['removed'] ?? '').includes(b.url))
  for (let i = 0; i < connections; i++) assert.equal((await ask(muster.port, '/')).body.slice(0, 1), 'a')
  assert.deepEqual(await electedOf(muster), [connections / 2 + connections])
})

test('a thread that dies is replaced and logged; counts and the connections of the other one stay', async () => {
  await using a = await openMember('a')
  await using config = await configFile(balanced(a.url))
  const workers: Worker[] = []
  const remember = (worker: Worker): void => void workers.push(worker)
  process.on('worker', remember)
  await using muster = await startThreads(config)
  await using stack = new AsyncDisposableStack()
  const peers = await Promise.all(
    Array.from({ length: connections }, async () => stack.use(await connectRaw(muster.port))),
  )
  for (const peer of peers) peer.send(get)
  await Promise.all(peers.map((peer) => peer.until('HTTP/1.1 200')))

  await workers[0]?.terminate()
  const died = await muster.logged(({ message }) => message.startsWith('a data-plane thread died'))
  assert.deepEqual([died.level, died.fields['thread']], ['error', 0])
  const served = await Promise.all(
    peers.map((peer) => {
      peer.received = ''
      peer.send(get)
      return peer.until('HTTP/1.1 200').then(
        () => 1,
        () => 0,
      )
    }),
  )
  const kept = served.reduce<number>((sum, each) => sum + each, 0)
  assert.ok(kept > 0 && kept < connections, `${kept} of ${connections} connections are kept`)
  await eventually(async () => assert.equal(workers.length, 3), ceilingMs)
  for (let i = 0; i < connections; i++) assert.equal((await ask(muster.port, '/')).status, 200)
  process.removeListener('worker', remember)
  assert.deepEqual(await electedOf(muster), [2 * connections + kept])
})

test('what a dead thread had in flight is not busy for ever', async () => {
  const held: ServerResponse[] = []
  await using member = await slowMember(held)
  await using config = await configFile(balanced(member.url))
  const workers: Worker[] = []
  process.once('worker', (worker) => workers.push(worker))
  await using muster = await startThreads(config, 1)
  const asked = ask(muster.port, '/').catch(() => 'lost')
  await eventually(async () => assert.equal(held.length, 1), ceilingMs)
  assert.equal((await membersOf(muster))[0]?.busy, 1)
  await workers[0]?.terminate()
  assert.equal(await asked, 'lost')
  await muster.logged(({ message }) => message.startsWith('a data-plane thread died'))
  await eventually(async () => assert.equal((await membersOf(muster))[0]?.busy, 0), ceilingMs)
})

test('a stop drains all threads: every request in flight is answered, and no connection is taken any more', async () => {
  const held: ServerResponse[] = []
  await using member = await slowMember(held)
  await using config = await configFile(balanced(member.url))
  const muster = await startThreads(config)
  const answers = Array.from({ length: connections }, () => ask(muster.port, '/'))
  await eventually(async () => assert.equal(held.length, connections), ceilingMs)
  const stopped = muster[Symbol.asyncDispose]()
  await eventually(async () => {
    const refused = await ask(muster.port, '/').then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    )
    assert.equal(refused, 'ECONNREFUSED')
  }, ceilingMs)
  for (const response of held) response.end('late')
  for (const answer of answers) assert.equal((await answer).body, 'late')
  await stopped
})

test('a port that another Muster has is refused, though both would share it between their threads', async () => {
  await using muster = await startMuster('--threads=2')
  const flags = [`--entrypoints.http.address=127.0.0.1:${muster.port}`, '--threads=2']
  const log = { error() {}, warn() {}, info() {}, debug() {} }
  await assert.rejects(startApp(parseFlags(flags), log), { code: 'EADDRINUSE', name: 'EntrypointError' })
})

function balanced(...urls: readonly string[]): string {
  const servers = urls.map((url) => `{ url: '${url}' }`).join(', ')
  return `
http:
  routers: { r: { rule: "PathPrefix(\`/\`)", service: s } }
  services: { s: { loadBalancer: { servers: [${servers}] } } }
`
}

async function startThreads(config: ConfigFile, threads = 2): Promise<RunningApp> {
  const muster = await startMuster(`--threads=${threads}`, `--providers.file.filename=${config.path}`)
  await muster.logged(({ message }) => message === 'configuration updated')
  return muster
}

/** Keeps its answers to itself, in `held`. */
function slowMember(held: ServerResponse[]): Promise<TestMember> {
  return openMemberWith((_request, response) => void held.push(response))
}

interface MemberReport {
  readonly elected: number
  readonly busy: number
}

async function membersOf(muster: RunningApp): Promise<readonly MemberReport[]> {
  const { body } = await ask(muster.apiPort, '/api/muster/balancers')
  return (JSON.parse(body) as { members: MemberReport[] }[]).flatMap(({ members }) => members)
}

async function electedOf(muster: RunningApp): Promise<number[]> {
  return (await membersOf(muster)).map(({ elected }) => elected)
}
