// What the kernel has written down about a process.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

export function rssBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024
}

/** Open file descriptors by kind: `socket`, `pipe`, `eventpoll`, `file` and so on. */
export function openFiles(pid: number): ReadonlyMap<string, number> {
  const directory = `/proc/${pid}/fd`
  const kinds = new Map<string, number>()
  for (const fd of readdirSync(directory)) {
    const kind = kindOf(`${directory}/${fd}`)
    if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return kinds
}

/** Undefined: it was closed a moment ago. */
function kindOf(link: string): string | undefined {
  try {
    const target = readlinkSync(link)
    if (target.startsWith('/')) return 'file'
    return target.replace(/^anon_inode:/, '').replace(/[[\]:].*$/, '') || target.replaceAll(/anon_inode:|[[\]]/g, '')
  } catch {
    return undefined
  }
}
