// A Docker API socket in this process, before the machine's own engine.
import { openDockerSocket } from '../../src/dockersocket/docker-socket.ts'
import type { DockerSocket, DockerSocketOptions, DockerSocketTools } from '../../src/dockersocket/docker-socket.ts'

export interface Wish extends Partial<Pick<DockerSocketOptions, 'mode' | 'drainTimeoutMs'>> {
  readonly drain?: NonNullable<DockerSocketTools['drain']>
}

/** Lets everything pass, and no call waits, unless the wish is another. */
export function openEngineSocket(path: string, wish: Wish = {}): Promise<DockerSocket> {
  const { mode = 'full', drainTimeoutMs = 1000, drain = async () => 'not a member' } = wish
  const upstream = { path: '/var/run/docker.sock' }
  const log = { error() {}, warn() {}, info() {}, debug() {} }
  return openDockerSocket(
    { listen: { path }, mode, drainTimeoutMs, upstream, group: undefined, graceMs: 0 },
    { drain, log },
  )
}
