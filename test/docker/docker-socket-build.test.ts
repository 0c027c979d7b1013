// Images built with BuildKit through the Docker API socket: on a connection of its own the engine asks the docker command
// for files and secrets, and gives back what was built.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ensureBaseImage } from '../../compose/setup/base-image.ts'
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { attempt, run } from '../../compose/setup/run.ts'
import type { Outcome } from '../../compose/setup/run.ts'
import { eventually } from '../support/eventually.ts'
import { ensureBuildx } from './buildx.ts'
import { openEngineSocket } from './engine-socket.ts'

const name = `muster-build-${process.pid}`
const ceilingMs = 20_000
const MiB = 2 ** 20
/** What the engine keeps of a build, it keeps until somebody prunes it. */
const contextBytes = 4 * MiB

await ensureEngine()
const tools = { '1': await ensureComposeV1(), '2': await ensureComposeV2() }
const base = (await ensureBaseImage()).name
const directory = await mkdtemp(join(tmpdir(), 'muster-build-'))
const buildx = await ensureBuildx(join(directory, 'buildx'))
const path = join(directory, 'docker.sock')
const socket = await openEngineSocket(path)
const env = { DOCKER_HOST: `unix://${path}`, ...(buildx.kind === 'found' && buildx.env) }
let contexts = 0

after(async () => {
  await socket[Symbol.asyncDispose]()
  const names = ['images', '--filter', `reference=${name}*`, '--format', '{{.Repository}}:{{.Tag}}']
  const images = (await run('docker', names)).split('\n').filter(Boolean)
  if (images.length > 0) await run('docker', ['rmi', ...images])
  await rm(directory, { recursive: true })
})

describe('BuildKit through the socket', { skip: buildx.kind === 'missing' && buildx.reason }, () => {
  test('builds with files of its own, and the image is there', async () => {
    const context = await contextOf(`FROM ${base}\nCOPY file /file\nRUN ls /file\n`)
    await writeFile(join(context, 'file'), Buffer.alloc(contextBytes, 'x'))
    const { code, output } = await build(context, '-t', `${name}:files`)
    assert.equal(code, 0, output)
    assert.match(output, new RegExp(String.raw`transferring context: ${Math.floor(contextBytes / 1e6)}\.\d+MB`))
    const size = 'console.log(require("fs").statSync("/file").size)'
    const words = ['run', '--rm', '--name', name, '--entrypoint', 'node', `${name}:files`, '-e', size]
    assert.equal(await run('docker', words, { env }), `${contextBytes}\n`)
  })

  test('gives what was built out to the docker command', async () => {
    const context = await contextOf(
      `FROM ${base} AS from\nRUN node -e 'require("fs").writeFileSync("/big", Buffer.alloc(${contextBytes}))'\nFROM scratch\nCOPY --from=from /big /big\n`,
    )
    const { code, output } = await build(context, '-o', join(context, 'out'))
    assert.equal(code, 0, output)
    assert.equal((await stat(join(context, 'out/big'))).size, contextBytes)
  })

  test('hands secrets over', async () => {
    const context = await contextOf(`FROM ${base}\nRUN --mount=type=secret,id=word cat /run/secrets/word\n`)
    await writeFile(join(context, 'word'), 'hush')
    const secret = `id=word,src=${join(context, 'word')}`
    const { code, output } = await build(context, '-t', `${name}:secret`, '--secret', secret)
    assert.equal(code, 0, output)
    assert.match(output, /^#\d+ [\d.]+ hush$/m)
  })

  test('a step that fails says what it says, and how it ended', async () => {
    const { code, output } = await build(await contextOf(`FROM ${base}\nRUN echo oh; exit 3\n`))
    assert.equal(code, 1)
    assert.match(output, /^#\d+ [\d.]+ oh$/m)
    assert.match(output, /exit code: 3/)
  })

  test('shows what is kept of builds', async () => {
    assert.match(await run('docker', ['buildx', 'du'], { env }), /^Total:/m)
  })

  for (const [signal, who] of [
    ['SIGINT', 'is interrupted'],
    ['SIGKILL', 'is gone without a word'],
  ] as const) {
    test(`a build ends with the docker command that ${who}`, async () => {
      const mark = `${name}-${signal}`
      const context = await contextOf(`FROM ${base}\nRUN node -e 'setInterval(() => {}, 1000)' ${mark}\n`)
      const child = spawn('docker', ['build', '--no-cache', context], {
        env: { ...process.env, ...env },
        stdio: 'ignore',
      })
      await eventually(async () => assert.equal((await stepsOf(mark)).length, 1), ceilingMs)
      const ended = once(child, 'close')
      await kill(child, signal)
      await ended
      await eventually(async () => assert.deepEqual(await stepsOf(mark), []), ceilingMs)
    })
  }

  for (const [version, tool] of Object.entries(tools)) {
    test(`Compose ${version} builds two images at once`, { skip: tool.kind === 'missing' && tool.reason }, async () => {
      assert.ok(tool.kind === 'found')
      const context = await contextOf(`FROM ${base}\nARG WHO\nCOPY file /file\nRUN echo $WHO\n`)
      await writeFile(join(context, 'file'), Buffer.alloc(MiB))
      const services = ['one', 'two'].map((service) => [
        service,
        { image: `${name}-${service}:v${version}`, build: { context, args: { WHO: service } } },
      ])
      const file = join(context, 'compose.yaml')
      await writeFile(file, JSON.stringify({ version: '3.7', services: Object.fromEntries(services) }))
      const [program, ...words] = tool.command
      const args = [...words, '-p', name, '-f', file, 'build', '--no-cache', '--progress', 'plain']
      // Version 1 leaves it to the docker command, where it is told to.
      const outcome = await attempt(program, args, { env: { ...env, COMPOSE_DOCKER_CLI_BUILD: '1' } })
      assert.equal(outcome.code, 0, outcome.output)
      assert.match(outcome.output, /#\d+ .*exporting to image/)
      for (const service of ['one', 'two']) await run('docker', ['image', 'inspect', `${name}-${service}:v${version}`])
    })
  }
})

async function contextOf(dockerfile: string): Promise<string> {
  const context = join(directory, `context-${++contexts}`)
  await mkdir(context)
  await writeFile(join(context, 'Dockerfile'), dockerfile)
  return context
}

function build(context: string, ...words: string[]): Promise<Outcome> {
  return attempt('docker', ['build', '--no-cache', '--progress=plain', ...words, context], { env })
}

/** The processes of a build with this word among their arguments, but for shells; BuildKit runs them in no container of Docker's. */
async function stepsOf(mark: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (words[0] === 'node' && words.includes(mark)) found.push(pid)
  }
  return found
}

/** With the plugin it runs, as a terminal would. */
async function kill(child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  for (const pid of [child.pid, ...children.split(' ').filter(Boolean)]) process.kill(Number(pid), signal)
}
