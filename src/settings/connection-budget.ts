// How many clients the limit of open files lets in: one that meets it must find the door closed, not a proxy that can no
// longer reach its members.
import { readFileSync } from 'node:fs'

/** For listeners, the Docker socket, files, probes of members and whatever else the process opens. */
const reserved = 64

/** Each client may need a connection to a member. 0 when the limit is not known or there is none. */
export function connectionBudget(openFilesMax: number): number {
  return openFilesMax === 0 ? 0 : Math.max(1, Math.floor((openFilesMax - reserved) / 2))
}

/** The soft limit of this process (`ulimit -n`), which Node raised to the hard one; 0 where the system does not tell. */
export function openFilesMax(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return Number(soft ?? 0)
  } catch {
    return 0
  }
}
