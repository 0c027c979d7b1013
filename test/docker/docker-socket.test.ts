// The docker command and Compose through the Docker API socket, before the real engine: they must not notice it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { ensureBaseImage } from '../../compose/setup/base-image.ts'
import { ensureComposeV1, ensureComposeV2 } from '../../compose/setup/compose-tool.ts'
import { ensureEngine } from '../../compose/setup/engine.ts'
import { attempt, run } from '../../compose/setup/run.ts'
import type { Outcome } from '../../compose/setup/run.ts'
import type { DockerSocket } from '../../src/dockersocket/docker-socket.ts'
import type { Mode } from '../../src/dockersocket/allow.ts'
import { startMuster } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { bigImage } from './big-image.ts'
import { openEngineSocket } from './engine-socket.ts'

const name = `muster-socket-${process.pid}`
const image = `${name}:test`
const ceilingMs = 20_000
const GiB = 2 ** 30
/** What an image of a gigabyte may add to the memory of the process, while it passes twice. */
const memoryMax = 150 * 2 ** 20

const ticks = 'setInterval(() => console.log("tick"), 200); process.on("SIGTERM", () => process.exit(0))'
const server = 'require("http").createServer((request, response) => response.end("ok")).listen(8000)'

await ensureEngine()
const tools = { '1': await ensureComposeV1(), '2': await ensureComposeV2() }
const base = (await ensureBaseImage()).name
const directory = await mkdtemp(join(tmpdir(), 'muster-socket-'))
const sockets = new AsyncDisposableStack()
const full = await open('full')

after(async () => {
  await sockets.disposeAsync()
  const ids = (await run('docker', ['ps', '-aq', '--filter', `name=${name}`])).split('\n').filter(Boolean)
  if (ids.length > 0) await attempt('docker', ['rm', '-f', ...ids])
  // By their names: by its id, the base would go as well.
  const names = ['images', '--filter', `reference=${name}*`, '--format', '{{.Repository}}:{{.Tag}}']
  const images = (await run('docker', names)).split('\n').filter(Boolean)
  if (images.length > 0) await attempt('docker', ['rmi', ...images])
  await rm(directory, { recursive: true })
})

describe('the docker command through the socket', () => {
  before(async () => {
    await run('docker', ['tag', base, image])
    await docker([
      ...'run -d --env PASSWORD=hunter2 --entrypoint node --name'.split(' '),
      `${name}-app`,
      image,
      '-e',
      ticks,
    ])
  })

  test('runs with its input and output attached, and passes the exit code on', async () => {
    const words = [
      'run',
      '--rm',
      '-i',
      '--name',
      `${name}-cat`,
      '--entrypoint',
      'sh',
      image,
      '-c',
      'cat; echo oh >&2; exit 7',
    ]
    const { code, stdout, output } = await attempt('docker', words, {
      ...through(full),
      input: Readable.from(['line\n'.repeat(20_000)]),
    })
    assert.equal(code, 7)
    assert.equal(stdout, 'line\n'.repeat(20_000))
    assert.ok(output.length > stdout.length)
  })

  test('executes with input, and ends it where the input ends', async () => {
    const input = Readable.from([Buffer.alloc(3_000_000, 'x')])
    const count = 'let n = 0; process.stdin.on("data", (c) => (n += c.length)).on("end", () => console.log(n))'
    const words = ['exec', '-i', `${name}-app`, 'node', '-e', count]
    const { stdout } = await attempt('docker', words, { ...through(full), input })
    assert.equal(stdout.trim(), '3000000')
  })

  test('follows logs and events, and stops when told', async () => {
    for (const words of [
      ['logs', '-f', `${name}-app`],
      ['events', '--filter', `container=${name}-app`],
    ]) {
      const child = spawn('docker', words, { env: { ...process.env, ...through(full).env } })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      await eventually(async () => {
        await docker(['exec', `${name}-app`, 'cat', '/etc/passwd'])
        assert.match(output, words[0] === 'logs' ? /tick\n.*tick\n/s : /exec_start/)
      }, ceilingMs)
      child.kill('SIGINT')
      await once(child, 'close')
    }
  })

  test('attaches to a running container, both ways', async () => {
    const answer = 'while read line; do echo "heard $line"; done; exit 3'
    await docker(['run', '-di', '--name', `${name}-attach`, '--entrypoint', 'sh', image, '-c', answer])
    const child = spawn('docker', ['attach', `${name}-attach`], { env: { ...process.env, ...through(full).env } })
    for (const word of ['one', 'two']) {
      child.stdin.write(`${word}\n`)
      const [heard] = (await once(child.stdout, 'data')) as [Buffer]
      assert.equal(heard.toString(), `heard ${word}\n`)
    }
    const closed = once(child, 'close')
    const waiting = docker(['wait', `${name}-attach`])
    await docker(['kill', `${name}-attach`])
    assert.deepEqual([(await waiting).trim(), await closed], ['137', [137, null]])
  })

  test('copies files in and out', async () => {
    const file = join(directory, 'file')
    await writeFile(file, 'precious')
    await docker(['cp', file, `${name}-app:/copied`])
    assert.equal(await docker(['exec', `${name}-app`, 'cat', '/copied']), 'precious')
    await docker(['cp', `${name}-app:/copied`, `${file}.back`])
    assert.equal((await attempt('cat', [`${file}.back`])).stdout, 'precious')
  })

  test('shows stats, processes, differences and lists', async () => {
    assert.match(
      await docker(['stats', '--no-stream', '--format', '{{.Name}}', `${name}-app`]),
      new RegExp(`${name}-app`),
    )
    assert.match(await docker(['top', `${name}-app`]), /node -e/)
    await docker(['diff', `${name}-app`])
    assert.match(await docker(['ps', '--filter', `name=${name}-app`]), /Up/)
    await docker(['system', 'df'])
    await docker(['info'])
  })

  test('builds, with files of its own', async () => {
    await writeFile(join(directory, 'Dockerfile'), `FROM ${image}\nCOPY file /file\nRUN cat /file\n`)
    await writeFile(join(directory, 'file'), 'x'.repeat(1_000_000))
    await run('docker', ['build', '-t', `${name}:built`, directory], {
      env: { ...through(full).env, DOCKER_BUILDKIT: '0' },
    })
    const size = 'console.log(require("fs").statSync("/file").size)'
    assert.equal(await docker(['run', '--rm', '--entrypoint', 'node', `${name}:built`, '-e', size]), '1000000\n')
  })

  test('a failed call says what it says without the socket', async () => {
    const words = ['rm', `${name}-gone`]
    const [direct, passed] = [await attempt('docker', words), await attempt('docker', words, through(full))]
    assert.deepEqual(passed, direct)
    assert.match(passed.output, /No such container/)
  })

  test(
    'takes an image of a gigabyte in and gives it out again, without keeping it in memory',
    { timeout: 300_000 },
    async () => {
      const peak = watchMemory()
      const loaded = await run('docker', ['load'], {
        ...through(full),
        input: Readable.from(bigImage(`${name}:big`, GiB)),
      })
      assert.match(loaded, new RegExp(`Loaded image: ${name}:big`))
      const saving = spawn('docker', ['save', `${name}:big`], { env: { ...process.env, ...through(full).env } })
      let bytes = 0
      for await (const chunk of saving.stdout) bytes += (chunk as Buffer).length
      assert.ok(bytes > GiB)
      const grown = peak()
      assert.ok(grown < memoryMax, `memory grew by ${Math.round(grown / 2 ** 20)} MiB`)
    },
  )
})

for (const [version, tool] of Object.entries(tools)) {
  test(
    `Compose ${version} builds, starts, looks at and removes a project`,
    { skip: tool.kind === 'missing' && tool.reason },
    async () => {
      assert.ok(tool.kind === 'found')
      const file = join(directory, `compose-${version}.yaml`)
      await writeFile(join(directory, 'Dockerfile.app'), `FROM ${image}\nCOPY file /file\nENTRYPOINT ["node", "-e"]\n`)
      await writeFile(join(directory, 'file'), 'x')
      const service = {
        build: { context: directory, dockerfile: 'Dockerfile.app' },
        image: `${name}:v${version}`,
      }
      const app = { ...service, command: [ticks] }
      await writeFile(file, JSON.stringify({ version: '3.7', services: { app } }))
      const [program, ...words] = tool.command
      const project = `${name}-v${version}`
      const compose = (...more: string[]) => run(program, [...words, '-p', project, '-f', file, ...more], through(full))
      await compose('up', '-d', '--build', '--scale', 'app=2')
      assert.equal((await compose('ps', '-q')).trim().split('\n').length, 2)
      assert.equal((await compose('exec', '-T', 'app', 'cat', '/file')).trim(), 'x')
      await eventually(async () => assert.match(await compose('logs', 'app'), /tick/), ceilingMs)
      await compose('up', '-d', '--force-recreate', '--scale', 'app=2', '-t', '1')
      await compose('run', '--rm', '-T', 'app', 'console.log(1)')
      await compose('down', '-t', '1')
      assert.equal((await run('docker', ['ps', '-aq', '--filter', `name=${project}`])).trim(), '')
    },
  )
}

describe('mode read-only', () => {
  test('shows containers, logs and images, but no environment, and changes nothing', async () => {
    const socket = await open('read-only')
    const ask = (...words: string[]): Promise<Outcome> => attempt('docker', words, through(socket))
    assert.match((await ask('ps', '--filter', `name=${name}-app`)).stdout, /Up/)
    assert.match((await ask('logs', `${name}-app`)).stdout, /tick/)
    const inspected = (await ask('inspect', `${name}-app`)).stdout
    assert.match(inspected, /"PASSWORD=\*\*\*"/)
    assert.doesNotMatch(inspected, /hunter2/)
    for (const words of [
      ['rm', '-f', `${name}-app`],
      ['exec', `${name}-app`, 'true'],
      ['cp', `${name}-app:/etc/passwd`, '-'],
      ['export', `${name}-app`],
      ['run', '--rm', image],
      ['top', `${name}-app`],
    ]) {
      const { code, output } = await ask(...words)
      assert.notEqual(code, 0)
      assert.match(output, /is not allowed in mode read-only/, words.join(' '))
    }
  })
})

describe('mode controller', () => {
  test('is enough for Muster, run as `muster dockersocket`, and for nothing else', async () => {
    const path = join(directory, 'controller.sock')
    const main = new URL('../../src/main.ts', import.meta.url).pathname
    const words = [main, 'dockersocket', '--dockersocket.mode=controller', `--dockersocket.listen=unix://${path}`]
    const child = spawn(process.execPath, ['--disable-warning=DEP0060', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    using _ended = { [Symbol.dispose]: () => void child.kill('SIGKILL') }
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    assert.match(line.toString(), /the Docker API socket listens .*mode=controller/)
    {
      await using muster = await startMuster(
        '--providers.docker.exposedbydefault=false',
        `--providers.docker.endpoint=unix://${path}`,
        `--providers.docker.constraints=Label(\`test.run\`,\`${name}\`)`,
      )
      const labels = [`test.run=${name}`, 'traefik.enable=true', 'traefik.http.routers.s.rule=Path(`/s`)']
      const port = 'traefik.http.services.s.loadbalancer.server.port=8000'
      const flags = [...labels, port].flatMap((label) => ['--label', label])
      await run('docker', [
        'run',
        '-d',
        '--name',
        `${name}-member`,
        ...flags,
        '--entrypoint',
        'node',
        image,
        '-e',
        server,
      ])
      await eventually(
        async () => assert.equal((await fetch(`http://127.0.0.1:${muster.port}/s`)).status, 200),
        ceilingMs,
      )
      await run('docker', ['stop', '-t', '0', `${name}-member`])
      await muster.logged(({ fields }) => fields['before'] === 'ready' && fields['after'] === 'draining')
      assert.deepEqual(
        muster.log.filter(({ level }) => level === 'error').map(({ message }) => message),
        [],
      )
    }
    const { output } = await attempt('docker', ['stop', `${name}-app`], through({ endpoint: { path } }))
    assert.match(output, /is not allowed in mode controller/)
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  })
})

async function open(mode: Mode): Promise<DockerSocket> {
  return sockets.use(await openEngineSocket(join(directory, `${mode}.sock`), { mode }))
}

function through({ endpoint }: Pick<DockerSocket, 'endpoint'>): { readonly env: Readonly<Record<string, string>> } {
  return { env: { DOCKER_HOST: 'path' in endpoint ? `unix://${endpoint.path}` : '' } }
}

function docker(words: readonly string[]): Promise<string> {
  return run('docker', words, through(full))
}

/** By how much the memory of this process has grown at most, when it is asked. */
function watchMemory(): () => number {
  const { rss } = process.memoryUsage()
  let peak = rss
  const look = () => (peak = Math.max(peak, process.memoryUsage().rss))
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return peak - rss
  }
}
