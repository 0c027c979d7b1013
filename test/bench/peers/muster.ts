// Muster as `npm start` runs it, from this checkout.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SettingsError } from '../../../src/settings/settings-error.ts'
import { parseFlags } from '../../../src/settings/flags.ts'
import { version } from '../../../src/version.ts'
import type { Peer, Task } from './peer.ts'
import { dynamicFile, metrics, writeDynamicFile } from './traefik-file.ts'

const checkout = join(import.meta.dirname, '..', '..', '..')
export const node = join(checkout, 'node_modules', '.bin', 'node')

export const muster: Peer = {
  name: 'Muster',
  debian: undefined,
  version: () => ({ command: process.execPath, args: ['-p', `'${version}, node ' + process.version`] }),
  async prepare(task) {
    await writeDynamicFile(task)
    return { command: node, args: [...startArguments(), ...options(task), ...(await metrics(task))] }
  },
}

function options({ port, directory, threads, engine }: Task): string[] {
  return [
    `--entryPoints.web.address=127.0.0.1:${port}`,
    `--providers.file.filename=${dynamicFile(directory)}`,
    ...(engine === undefined ? [] : [`--providers.docker.endpoint=${engine}`]),
    ...(threads === undefined || !hasThreads() ? [] : [`--threads=${threads}`]),
  ]
}

/** Whether this checkout knows the option already; without it there is one thread. */
export function hasThreads(): boolean {
  try {
    parseFlags(['--threads=1'])
    return true
  } catch (error) {
    if (error instanceof SettingsError) return false
    throw error
  }
}

/** What `npm start` gives to node, up to and with the program's file. */
export function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  const words = scripts.start.split(' ')
  const flags = words.slice(words.lastIndexOf('node') + 1, words.indexOf('src/main.ts'))
  return [...flags, join(checkout, 'src', 'main.ts')]
}
