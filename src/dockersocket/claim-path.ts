// A path to listen at: free, or held by the socket of a process that is no longer there. Nothing else is ever removed.
import { lstat, mkdir, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { DockerSocketError } from './socket-error.ts'

/** Of the system: the room for a path in an address. */
const pathBytesMax = 107

/** Rejects with a DockerSocketError that names the path. */
export async function claimPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > pathBytesMax)
    throw refusal(path, `longer than the ${pathBytesMax} bytes a socket's path may have`)
  try {
    await mkdir(dirname(path), { recursive: true })
    const found = await lstat(path).catch(undefinedIfAbsent)
    if (found === undefined) return
    if (!found.isSocket()) throw refusal(path, 'there is something else than a socket, which is left alone')
    if (await isAlive(path)) throw refusal(path, 'another process listens there')
    await unlink(path)
  } catch (error) {
    if (error instanceof DockerSocketError) throw error
    throw refusal(path, error instanceof Error ? error.message : String(error), error)
  }
}

function refusal(path: string, reason: string, cause?: unknown): DockerSocketError {
  return new DockerSocketError(
    `the Docker API socket cannot listen at "${path}": ${reason}; choose another path by --dockersocket.listen`,
    cause,
  )
}

async function isAlive(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const socket = connect({ path })
  socket.once('connect', () => resolve(true))
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
    else reject(error)
  })
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
