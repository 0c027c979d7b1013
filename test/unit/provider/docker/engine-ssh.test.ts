import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { dockerEngine } from '../../../../src/provider/docker/dockerode-engine.ts'
import { EngineError } from '../../../../src/provider/docker/engine.ts'
import { startFakeEngine } from '../../../support/fake-engine.ts'

const { signal } = new AbortController()

/** Puts a program `ssh` before all others on the path; undefined: there is none at all. Returns where it notes its arguments. */
async function fakeSsh(t: TestContext, program: string | undefined): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-ssh-'))
  const notes = join(directory, 'notes')
  const path = process.env['PATH'] ?? ''
  t.after(async () => {
    process.env['PATH'] = path
    await rm(directory, { recursive: true })
  })
  if (program !== undefined) {
    await writeFile(join(directory, 'ssh'), `#!/bin/sh\necho "$*" >> ${notes}\n${program}\n`)
    await chmod(join(directory, 'ssh'), 0o755)
  }
  process.env['PATH'] = program === undefined ? directory : `${directory}:${path}`
  return notes
}

/** `docker system dial-stdio`, here. */
function dialStdio(socketPath: string): string {
  const script = `const s = require('net').connect(${JSON.stringify(socketPath)}); process.stdin.pipe(s).pipe(process.stdout)`
  return `exec '${process.execPath}' -e '${script.replaceAll("'", "'\\''")}'`
}

test('an engine is watched by ssh, with few processes, which end with the connection', async (t) => {
  await using fake = await startFakeEngine()
  const notes = await fakeSsh(t, dialStdio(fake.socketPath))
  const id = fake.add({ name: 'web' })
  {
    using engine = await dockerEngine('ssh://deploy@host.example.com:2222/run/docker.sock').connect(signal)
    const events = await engine.events(signal)
    for (let i = 0; i < 5; i++) assert.equal((await engine.inspect(id, signal))?.name, 'web')
    assert.equal((await engine.list(signal)).length, 1)
    fake.pause(id)
    for await (const [event] of events) {
      assert.equal(event?.kind, 'pause')
      break
    }
  }
  await fake.idle()
  const calls = (await readFile(notes, 'utf8')).trim().split('\n')
  assert.ok(calls.length <= 3, `${calls.length} processes`)
  assert.equal(
    calls[0],
    '-T -o BatchMode=yes -o ConnectTimeout=10 -l deploy -p 2222 -- host.example.com docker --host unix:///run/docker.sock system dial-stdio',
  )
})

test('a stream that ssh loses is a lost engine', async (t) => {
  await using fake = await startFakeEngine()
  await fakeSsh(t, dialStdio(fake.socketPath))
  using engine = await dockerEngine('ssh://host').connect(signal)
  const events = await engine.events(signal)
  fake.dropConnections()
  await assert.rejects(
    async () => {
      for await (const _ of events);
    },
    (error) => error instanceof EngineError && error.code === 'cut',
  )
})

for (const [what, program, words] of [
  ['is missing', undefined, /there is no program named ssh/],
  [
    'does not know the host',
    'echo "No ED25519 host key is known for host and you have requested strict checking." >&2; echo "Host key verification failed." >&2; exit 255',
    /\(Host key verification failed\.\); the key of that host must stand in known_hosts/,
  ],
  [
    'is not let in',
    'echo "Warning: Permanently added host to the list." >&2; echo "me@host: Permission denied (publickey,password)." >&2; exit 255',
    /Permission denied \(publickey,password\).*authorized_keys/,
  ],
  [
    'cannot reach the host',
    'echo "ssh: connect to host host port 22: Connection refused" >&2; exit 255',
    /Connection refused\); is that host up/,
  ],
  [
    'finds no docker',
    'echo "bash: line 1: docker: command not found" >&2; exit 127',
    /docker must be installed over there/,
  ],
  [
    'finds docker out of bounds',
    'echo "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock" >&2; exit 1',
    /in the group docker over there/,
  ],
  ['ends without a word', 'exit 3', /\(ssh ended with exit code 3\)/],
] as const) {
  test(`ssh that ${what} is told with the way out`, async (t) => {
    await fakeSsh(t, program)
    await assert.rejects(dockerEngine('ssh://me@host').connect(signal), (error) => {
      assert.ok(error instanceof EngineError)
      assert.equal(error.code, 'ssh')
      assert.match(error.message, /^no connection by ssh to the Docker engine at ssh:\/\/me@host /)
      assert.match(error.message, words)
      return true
    })
  })
}
