// How much memory the control group of this process may use, and uses. What a container's `mem_limit` becomes.
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

export interface MemoryGauge {
  readonly limitBytes: number
  /** Without file pages the kernel can drop at once, and with its own memory for our sockets. */
  usedBytes(): number
}

interface Files {
  readonly limit: string
  readonly usage: string
  /** The line of `memory.stat` that tells the pages that can be dropped. */
  readonly reclaimable: RegExp
}

const version2: Files = { limit: 'memory.max', usage: 'memory.current', reclaimable: /^inactive_file (\d+)/m }
const version1: Files = {
  limit: 'memory.limit_in_bytes',
  usage: 'memory.usage_in_bytes',
  reclaimable: /^total_inactive_file (\d+)/m,
}

/** Undefined where there is no limit below the machine's memory, or the system does not tell. */
export function openMemoryGauge(root = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): MemoryGauge | undefined {
  const groups = read(membership) ?? ''
  const [, path2 = '/'] = /^0::(.*)$/m.exec(groups) ?? []
  const [, path1 = '/'] = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups) ?? []
  // A container sees its own group as the root, whatever path the host knows it by.
  const places: readonly (readonly [string, Files])[] = [
    [`${root}${path2}`, version2],
    [root, version2],
    [`${root}/memory${path1}`, version1],
    [`${root}/memory`, version1],
  ]
  for (const [directory, files] of places) {
    const limitBytes = Number(read(`${directory}/${files.limit}`) ?? Number.NaN)
    // `max` in version 2, a number past any machine in version 1.
    if (limitBytes > 0 && limitBytes < totalmem()) return gaugeOf(directory, files, limitBytes)
  }
  return undefined
}

function gaugeOf(directory: string, { usage, reclaimable }: Files, limitBytes: number): MemoryGauge {
  return {
    limitBytes,
    usedBytes() {
      const [, droppable = '0'] = reclaimable.exec(read(`${directory}/memory.stat`) ?? '') ?? []
      return Number(read(`${directory}/${usage}`) ?? 0) - Number(droppable)
    },
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return undefined
  }
}
