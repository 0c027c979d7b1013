// Whose socket file it is, besides its owner's.
import { readFile } from 'node:fs/promises'
import { DockerSocketError } from './socket-error.ts'

/** @param group a number, or a name that this system knows; rejects with a DockerSocketError */
export async function groupId(group: string, file = '/etc/group'): Promise<number> {
  if (/^\d{1,9}$/.test(group)) return Number(group)
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  const [, , id] = lines.find(([name]) => name === group) ?? []
  if (id !== undefined && /^\d+$/.test(id)) return Number(id)
  throw new DockerSocketError(
    `the Docker API socket: there is no group "${group}" here; give its number (stat -c %g of the engine's socket) by --dockersocket.group`,
  )
}
