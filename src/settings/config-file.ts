// Which configuration file there is.
import { readFileSync, statSync } from 'node:fs'
import type { Environment } from './read-environment.ts'
import { SettingsError } from './settings-error.ts'

/** The text of a file; undefined when there is none. Throws a SettingsError when it cannot be read. */
export type ReadFile = (path: string) => string | undefined

export interface ConfigFile {
  readonly path: string
  readonly text: string
}

const fileBytesMax = 4 * 1024 * 1024

/**
 * The one that was named, or the first in the places Traefik looks at, those of its own name last. Without XDG_CONFIG_HOME
 * the second place is the root directory, as with Traefik: many mount their file at `/traefik.yml`.
 */
export function findConfigFile(named: string, env: Environment, readFile: ReadFile): ConfigFile | undefined {
  if (named !== '') {
    const text = readFile(named)
    if (text !== undefined) return { path: named, text }
    throw new SettingsError('unreadable-file', `option "--configFile": there is no file ${named}`)
  }
  for (const name of ['muster', 'traefik']) {
    for (const directory of [`/etc/${name}`, env['XDG_CONFIG_HOME'] ?? '', `${env['HOME'] ?? ''}/.config`, '.']) {
      for (const extension of ['toml', 'yaml', 'yml']) {
        const path = `${directory}/${name}.${extension}`
        const text = readFile(path)
        if (text !== undefined) return { path, text }
      }
    }
  }
  return undefined
}

/** From the file system. */
export function readConfigFile(path: string): string | undefined {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) {
      const hint = 'Docker makes one of a mounted file that does not exist on the host'
      throw new SettingsError('unreadable-file', `${path} is a directory; ${hint}`)
    }
    if (stats.isFile() && stats.size <= fileBytesMax) return readFileSync(path, 'utf8')
    const reason = stats.isFile() ? `is larger than ${fileBytesMax / 1024 / 1024} MiB` : 'is not a regular file'
    throw new SettingsError('unreadable-file', `${path} ${reason}`)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new SettingsError('unreadable-file', `${path} cannot be read (${code})`)
  }
}
