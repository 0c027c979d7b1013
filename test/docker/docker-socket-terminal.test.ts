// Somebody at a terminal, whose docker command and Compose go through the Docker API socket.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureBaseImage } from '../../compose/setup/base-image.ts'
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { attempt, run } from '../../compose/setup/run.ts'
import type { Outcome } from '../../compose/setup/run.ts'
import { openEngineSocket } from './engine-socket.ts'
import { Terminal } from './terminal.ts'

const name = `muster-terminal-${process.pid}`
/** Every stop waits so long for requests. */
const heldMs = 1000
const [narrow, wide] = [
  { columns: 77, rows: 33 },
  { columns: 123, rows: 44 },
] as const
const [ctrlC, ctrlP, ctrlQ] = ['\u0003', '\u0010', '\u0011'] as const

const tick = 'setInterval(() => console.log("tick"), 200); process.on("SIGTERM", () => process.exit(0))'
const size = `
const say = () => console.log('it is ' + process.stdout.columns + ' by ' + process.stdout.rows)
process.stdout.on('resize', say)
process.on('SIGINT', () => process.exit(5))
setInterval(say, 200)
`

await ensureEngine()
const tools = { '1': await ensureComposeV1(), '2': await ensureComposeV2() }
const image = (await ensureBaseImage()).name
const directory = await mkdtemp(join(tmpdir(), 'muster-terminal-'))
const path = join(directory, 'docker.sock')
const env = { DOCKER_HOST: `unix://${path}` }
const socket = await openEngineSocket(path, {
  drainTimeoutMs: 10_000,
  drain: (_id, _name, signal) => delay(heldMs, 'drained', { signal }),
})

before(async () => {
  await run('docker', ['run', '-d', '--name', `${name}-app`, '--entrypoint', 'node', image, '-e', tick])
})

after(async () => {
  await socket[Symbol.asyncDispose]()
  const ids = (await run('docker', ['ps', '-aq', '--filter', `name=${name}`])).split('\n').filter(Boolean)
  if (ids.length > 0) await run('docker', ['rm', '-f', ...ids])
  await rm(directory, { recursive: true })
})

test('a process in a container has the size of the window, follows it, and is interrupted by Ctrl-C', async () => {
  using terminal = new Terminal(['docker', 'exec', '-it', `${name}-app`, 'node', '-e', size], narrow, env)
  await terminal.shows(/it is 77 by 33/)
  await terminal.resize(wide)
  await terminal.shows(/it is 123 by 44/)
  terminal.type(ctrlC)
  assert.equal(await terminal.ended, 5)
})

test('a container is run in the terminal, and gone after its end', async () => {
  const words = ['run', '--rm', '-it', '--name', `${name}-run`, '--entrypoint', 'sh', image]
  using terminal = new Terminal(['docker', ...words], narrow, env)
  await terminal.shows(/[#$] /)
  terminal.type('echo $((6 * 7))\r')
  await terminal.shows(/^42\r?$/m)
  terminal.type('exit 6\r')
  assert.equal(await terminal.ended, 6)
  assert.match((await attempt('docker', ['inspect', `${name}-run`])).output, /No such/)
})

test('the keys that detach leave the container to itself', async () => {
  await run('docker', ['run', '-dit', '--name', `${name}-shell`, '--entrypoint', 'sh', image])
  for (const [flags, keys] of [
    [[], `${ctrlP}${ctrlQ}`],
    [['--detach-keys', 'x,y'], 'xy'],
  ] as const) {
    using terminal = new Terminal(['docker', 'attach', ...flags, `${name}-shell`], narrow, env)
    terminal.type('echo $((6 * 7))\r')
    await terminal.shows(/^42\r?$/m)
    terminal.type(keys)
    await terminal.ended
    assert.equal(await run('docker', ['inspect', '-f', '{{.State.Running}}', `${name}-shell`]), 'true\n')
  }
})

test('who waits for a container or follows its log hears of a held stop what it would hear without the socket', async () => {
  const both = (...words: string[]): Promise<Outcome[]> =>
    Promise.all([attempt('docker', words), attempt('docker', words, { env })])
  for (const stop of ['restart', 'stop']) {
    const waits = both('wait', `${name}-app`)
    const logs = both('logs', '-f', '--tail', '1', `${name}-app`)
    await delay(300)
    const began = performance.now()
    await run('docker', [stop, '-t', '5', `${name}-app`], { env })
    assert.ok(performance.now() - began >= heldMs)
    for (const outcomes of [await waits, await logs]) {
      const [direct, passed] = outcomes.map(({ code, stdout }) => ({ code, last: stdout.trimEnd().split('\n').at(-1) }))
      assert.deepEqual(passed, direct)
    }
  }
})

for (const [version, tool] of Object.entries(tools)) {
  test(
    `Compose ${version} up in the foreground and a shell in it, until Ctrl-C`,
    { skip: tool.kind === 'missing' && tool.reason },
    async () => {
      assert.ok(tool.kind === 'found')
      const file = join(directory, `compose-${version}.yaml`)
      const app = { image, entrypoint: ['node', '-e'], command: [tick] }
      await writeFile(file, JSON.stringify({ version: '3.7', services: { app } }))
      const compose = [...tool.command, '-p', `${name}-v${version}`, '-f', file] as const
      await using _down = {
        [Symbol.asyncDispose]: async () => void (await run(compose[0], [...compose.slice(1), 'down', '-t', '1'])),
      }
      using up = new Terminal([...compose, 'up'], narrow, env)
      await up.shows(/tick/)
      using shell = new Terminal([...compose, 'exec', 'app', 'node', '-e', size], narrow, env)
      await shell.shows(/it is 77 by 33/)
      await shell.resize(wide)
      await shell.shows(/it is 123 by 44/)
      shell.type(ctrlC)
      assert.equal(await shell.ended, 5)
      up.type(ctrlC)
      await up.shows(/[Ss]topping/)
      await up.ended
      const state = await run('docker', ['ps', '-a', '--filter', `name=${name}-v${version}`, '--format', '{{.Status}}'])
      assert.match(state, /^Exited \(0\)/)
    },
  )
}
