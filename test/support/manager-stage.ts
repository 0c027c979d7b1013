// Two balancers with the same two members, for tests of the balancer-manager: real members, a file, and Muster.
import assert from 'node:assert/strict'
import { startMuster } from './app.ts'
import { ask } from './edge.ts'
import { eventually } from './eventually.ts'
import { configFile, openMember } from './file-config.ts'

export interface ManagerStage extends AsyncDisposable {
  readonly apiPort: number
  /** Of both balancers, in the order of their rows. */
  readonly slots: readonly [string, string]
  /** Requests for the balancer `dynamic@file`, one after the other. */
  send(count: number): Promise<void>
  /** Takes the second member from both balancers. */
  leave(): Promise<void>
  /** Muster goes; the members stay. */
  stop(): Promise<void>
}

const ceilingMs = 10_000
const host = 'demo.res.ch'

export async function openManagerStage(): Promise<ManagerStage> {
  await using stack = new AsyncDisposableStack()
  const a = stack.use(await openMember('a'))
  const b = stack.use(await openMember('b'))
  const config = stack.use(await configFile(twoServices([a.url, b.url])))
  const muster = await startMuster(`--providers.file.filename=${config.path}`)
  let isStopped = false
  // A test may have stopped it before its end.
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    await muster[Symbol.asyncDispose]()
  }
  stack.defer(stop)
  // Before it has read the file it answers 503 to everything, and a browser would stay with that.
  await eventually(async () => {
    assert.equal((await fetch(`http://127.0.0.1:${muster.apiPort}/api/muster/balancers`)).status, 200)
  }, ceilingMs)
  const owned = stack.move()
  return {
    apiPort: muster.apiPort,
    slots: [a.url, b.url],
    async send(count) {
      for (let i = 0; i < count; i++) await ask(muster.port, '/api/', { host })
    },
    leave: () => config.write(twoServices([a.url])),
    stop,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function twoServices(urls: readonly string[]): string {
  const servers = urls.map((url) => `{ url: '${url}' }`).join(', ')
  return `
http:
  routers:
    static: { rule: Host(\`${host}\`) && PathPrefix(\`/\`), service: static }
    dynamic: { rule: Host(\`${host}\`) && PathPrefix(\`/api/\`), service: dynamic }
  services:
    static: { loadBalancer: { servers: [${servers}], sticky: { cookie: { name: static_cookie } } } }
    dynamic: { loadBalancer: { servers: [${servers}] } }
`
}
