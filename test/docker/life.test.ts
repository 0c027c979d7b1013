// A member's life as a real engine tells it: what each command makes of it, and what its clients notice. Muster runs in this
// process and reaches the containers at their addresses.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { attempt, run } from '../../compose/setup/run.ts'
import { startMuster } from '../support/app.ts'
import type { RunningApp } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { Visitor } from '../support/visitor.ts'
import { prepareGround } from './images.ts'
import { seenBy } from './seen-by.ts'

const ground = await prepareGround()
const own = `muster-life-${process.pid}`
const image = 'muster'
const settleMs = 20_000
const clients = 4

if (ground.kind === 'missing') test('the life of members', { skip: ground.reason })
else describe('the life of members', { timeout: 180_000 }, life)

function life(): void {
  let muster: RunningApp

  before(async () => {
    await run('docker', ['network', 'create', '--subnet', '10.213.77.0/24', own])
    muster = await startMuster(
      '--providers.docker',
      '--providers.docker.exposedbydefault=false',
      `--providers.docker.constraints=Label(\`muster.test\`, \`${own}\`)`,
    )
  })

  after(async () => {
    await muster?.[Symbol.asyncDispose]()
    const ids = (await run('docker', ['ps', '-aq', '--filter', `label=muster.test=${own}`])).split('\n').filter(Boolean)
    if (ids.length > 0) await run('docker', ['rm', '-f', ...ids])
    await attempt('docker', ['network', 'rm', own])
  })

  /** A container that answers for `<service>.local`. */
  async function start(service: string, number: number, more: readonly string[] = [], command = ['whoami']) {
    const name = `${own}-${service}-${number}`
    const labels = [
      `muster.test=${own}`,
      'muster.enable=true',
      `muster.http.routers.${service}.rule=Host(\`${service}.local\`)`,
      `muster.http.services.${service}.loadbalancer.server.port=80`,
    ]
    const flags = ['--name', name, '--network', own, '--hostname', `${service}-${number}`]
    await run('docker', ['run', '-d', ...flags, ...labels.flatMap((l) => ['--label', l]), ...more, image, ...command])
    await stateIs(name, 'ready')
    return name
  }

  async function stateIs(name: string, wanted: string | undefined): Promise<void> {
    using visitor = new Visitor({ port: muster.apiPort, host: `localhost:${muster.apiPort}` })
    await eventually(async () => {
      const { body } = await visitor.get('/api/muster/members')
      const members = JSON.parse(body) as { container?: string; state: string }[]
      assert.equal(members.find(({ container }) => container === name)?.state, wanted)
    }, settleMs)
  }

  /** What the log has of a container since `from`: `ready → draining`. */
  function changesOf(name: string, from: number): readonly string[] {
    return muster.log
      .slice(from)
      .filter(({ message, fields }) => message === 'member changed' && fields['container'] === name)
      .map(({ fields }) => `${String(fields['before'])} → ${String(fields['after'])}`)
  }

  const leaving = ['ready → draining', 'draining → down']
  for (const [what, commands, expected] of [
    ['stop', [['stop', '-t', '5']], leaving],
    ['kill', [['kill']], leaving],
    ['rm -f', [['rm', '-f']], leaving],
    ['restart', [['restart', '-t', '5']], leaving],
    ['kill -s HUP', [['kill', '-s', 'USR2']], undefined],
    ['pause', [['pause']], ['ready → paused']],
    ['stop while paused', [['pause'], ['stop', '-t', '5']], ['ready → paused', 'paused → draining', 'draining → down']],
    ['network disconnect', [['network', 'disconnect', own]], ['ready → down']],
  ] as const) {
    test(`${what}: ${expected?.join(', ') ?? 'nothing'}`, async () => {
      const service = what.replaceAll(' ', '').toLowerCase()
      const name = await start(service, 1)
      const from = muster.log.length
      for (const command of commands) await run('docker', [...command, name])
      if (expected === undefined) {
        // Whatever it made of the signal is told before what is made of the next.
        await run('docker', ['kill', name])
        await stateIs(name, undefined)
        assert.deepEqual(changesOf(name, from).slice(0, 2), leaving)
        return
      }
      await eventually(() => assert.deepEqual(changesOf(name, from).slice(0, expected.length), expected), settleMs)
      const back = { restart: [], pause: ['unpause'], 'network disconnect': ['network', 'connect', own] }[
        what as string
      ]
      if (back === undefined) return stateIs(name, undefined)
      if (back.length > 0) await run('docker', [...back, name])
      await stateIs(name, 'ready')
      using visitor = new Visitor({ port: muster.port, host: `${service}.local` })
      assert.equal((await visitor.get('/')).status, 200)
    })
  }

  test('a HEALTHCHECK decides, and a restarted container has to pass it again', async () => {
    const check = ['--health-interval', '1s', '--health-retries', '1', '--health-cmd', 'test ! -e /dev/shm/sick']
    const name = await start('healthy', 1, check)
    await run('docker', ['exec', name, 'sh', '-c', 'echo > /dev/shm/sick'])
    await stateIs(name, 'down')
    const from = muster.log.length
    await run('docker', ['restart', '-t', '5', name])
    await stateIs(name, 'ready')
    assert.ok(changesOf(name, from).includes('starting → ready'), changesOf(name, from).join(', '))
  })

  test('a process that ends by itself again and again is left alone for longer and longer', async () => {
    const program = "require('http').createServer((q, r) => r.end()).listen(80); setTimeout(() => process.exit(1), 600)"
    const flags = ['--restart', 'always', '--entrypoint', 'node']
    const name = await start('crashing', 1, flags, ['-e', program])
    using visitor = new Visitor({ port: muster.apiPort, host: `localhost:${muster.apiPort}` })
    await eventually(async () => {
      const { body } = await visitor.get('/api/muster/members')
      assert.match(body, /restarted 2 times in \d+ s: waits 1 s/)
    }, settleMs)
    await run('docker', ['rm', '-f', name])
  })

  test('a network taken from a member under load: no request hangs or fails, another member has them', async () => {
    const [first] = [await start('cutoff', 1), await start('cutoff', 2)]
    await using load = new Load(muster.port, 'cutoff.local', '/slow?ms=50')
    await load.until(50)
    await run('docker', ['network', 'disconnect', own, first])
    await load.until(50)
    assert.deepEqual(await load.failures(), [])
  })

  test('an address that is another container’s at once gets none of the requests of its last holder', async () => {
    const address = '10.213.77.99'
    const [holder, other] = ['older', 'newer']
    await start(holder, 1, ['--ip', address])
    await start(holder, 2)
    await using load = new Load(muster.port, `${holder}.local`, '/')
    for (let round = 0; round < 3; round++) {
      await load.until(20)
      const name = `${own}-${round % 2 === 0 ? holder : other}-1`
      await run('docker', ['rm', '-f', name])
      await start(round % 2 === 0 ? other : holder, 1, ['--ip', address])
    }
    await load.until(20)
    assert.deepEqual(
      [...load.hostnames].filter((hostname) => !hostname.startsWith(holder)),
      [],
    )
    assert.deepEqual(await load.failures(), [])
  })
}

/** Clients that ask one request after the other until they are stopped. */
class Load {
  readonly hostnames = new Set<string>()
  readonly #stop = new AbortController()
  readonly #failures: string[] = []
  readonly #loops: readonly Promise<void>[]
  #answers = 0

  constructor(port: number, host: string, path: string) {
    this.#loops = Array.from({ length: clients }, () => this.#ask(port, host, path))
  }

  /** Resolves after so many further answers. */
  async until(more: number): Promise<void> {
    const goal = this.#answers + more
    await eventually(() => assert.ok(this.#answers >= goal, `${this.#answers} of ${goal} answers`), settleMs)
  }

  /** Stops the clients; what was no 200. */
  async failures(): Promise<readonly string[]> {
    await this[Symbol.asyncDispose]()
    return this.#failures
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#loops)
  }

  async #ask(port: number, host: string, path: string): Promise<void> {
    using visitor = new Visitor({ port, host })
    while (!this.#stop.signal.aborted) {
      try {
        const answer = await visitor.get(path)
        this.#answers++
        if (answer.status !== 200) this.#failures.push(`${answer.status} ${answer.body}`)
        else if (path === '/') this.hostnames.add(seenBy(answer).hostname)
      } catch (error) {
        this.#failures.push(String(error))
      }
    }
  }
}
