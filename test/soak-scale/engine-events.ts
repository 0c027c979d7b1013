// The engine's events of one stage's containers, one line each, until somebody ends it or this process ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { soakLabel } from './stage.ts'
import type { Stage } from './stage.ts'

export function followEvents(
  { name, env }: Stage,
  words: readonly string[],
  hear: (line: string) => void,
): AsyncDisposable {
  const filters = ['--filter', 'type=container', '--filter', `label=${soakLabel}=${name}`]
  const child = spawn('docker', ['events', ...filters, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  })
  const end = (): boolean => child.kill()
  process.on('exit', end)
  createInterface({ input: child.stdout }).on('line', hear)
  return {
    async [Symbol.asyncDispose]() {
      process.off('exit', end)
      const closed = once(child, 'close')
      if (child.exitCode === null && end()) await closed
    },
  }
}
