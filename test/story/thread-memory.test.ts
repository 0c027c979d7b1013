// What a thread costs, looked at from outside: the kernel's accounting of the whole process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { ask } from '../support/edge.ts'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: { start: string }
}
const [, ...start] = scripts.start.split(' ')
const perThreadMax = 60 * 1024 * 1024
const skip = existsSync('/proc/self/status') ? false : 'there is no /proc to read memory from'

test('a further thread costs less than 60 MB', { skip }, async () => {
  const few = await residentBytes(1)
  const many = await residentBytes(4)
  assert.ok((many - few) / 3 < perThreadMax, `${Math.round((many - few) / 3e6)} MB per thread`)
})

/** Of a Muster with so many threads, after each has answered. */
async function residentBytes(threads: number): Promise<number> {
  const flags = [
    '--entrypoints.http.address=127.0.0.1:0',
    '--entrypoints.traefik.address=127.0.0.1:0',
    '--api.insecure',
  ]
  const muster = spawn(process.execPath, [...start, ...flags, `--threads=${threads}`, '--log.format=json'], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let port = 0
    for await (const line of createInterface(muster.stdout)) {
      const { entrypoint, port: listening, msg } = JSON.parse(line) as Record<string, unknown>
      if (entrypoint === 'traefik') port = Number(listening)
      if (msg === 'configuration updated') break
    }
    for (let i = 0; i < 50; i++) assert.equal((await ask(port, '/api/version')).status, 200)
    const status = readFileSync(`/proc/${muster.pid}/status`, 'utf8')
    return Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]) * 1024
  } finally {
    muster.kill()
    await once(muster, 'exit')
  }
}
