// Which files the provider reads: the one named, or everything with the right extension below a directory.
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'

export interface FileOptions {
  /** Wins over `filename` when both are given, as in Traefik. */
  readonly directory?: string | undefined
  readonly filename?: string | undefined
}

export interface Found {
  /** Sorted, so that which of two equal names wins does not depend on the file system. */
  readonly paths: readonly string[]
  /** A directory that cannot be read, and why: what was read of it before still stands. */
  readonly unreadable: ReadonlyMap<string, string>
  /** The directory itself does not exist (yet). */
  readonly missing: boolean
}

/** More is a wrong directory, not a configuration. */
const filesMax = 1000
const extensions = new Set(['.yml', '.yaml', '.toml'])

export async function findFiles({ directory, filename }: FileOptions): Promise<Found> {
  const unreadable = new Map<string, string>()
  if (directory === undefined) return { paths: filename === undefined ? [] : [filename], unreadable, missing: false }
  const paths: string[] = []
  const missing = !(await collect(directory, paths, unreadable))
  if (paths.length > filesMax) {
    unreadable.set(directory, `more than ${filesMax} files: the rest is not read; name a narrower directory`)
    paths.length = filesMax
  }
  return { paths: paths.sort(), unreadable, missing }
}

export function isConfigPath(path: string): boolean {
  return extensions.has(extname(path).toLowerCase())
}

/**
 * Real subdirectories only, links to files but not to directories, nothing that begins with a dot: editors put their
 * temporary files there, and Kubernetes the generations of a mounted config map, which are linked to from beside. False when the directory does not exist.
 */
async function collect(directory: string, paths: string[], unreadable: Map<string, string>): Promise<boolean> {
  try {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (entry.name.startsWith('.') || paths.length > filesMax) continue
      if (entry.isDirectory()) await collect(path, paths, unreadable)
      else if (isConfigPath(entry.name)) paths.push(path)
    }
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    unreadable.set(directory, `the directory cannot be read (${code})`)
  }
  return true
}
