// The Docker API socket: the engine's own, but for calls that stop a member, which wait for its requests, and for what its mode
// does not allow. Everything else passes byte for byte, attached terminals and gigabytes of images included.
import { once } from 'node:events'
import { chmod, chown } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import type { Logger } from '../observability/logger.ts'
import type { Mode } from './allow.ts'
import { claimPath } from './claim-path.ts'
import { Connection } from './connection.ts'
import { shown } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { Engine } from './engine.ts'
import { groupId } from './group.ts'
import { createHold } from './hold.ts'
import type { Drain } from './hold.ts'
import { DockerSocketError } from './socket-error.ts'

export interface DockerSocketOptions {
  /** TCP: on loopback; port 0 is any free one. */
  readonly listen: Endpoint
  readonly mode: Mode
  /** How long a call waits at most for its container's requests; 0: none waits. */
  readonly drainTimeoutMs: number
  /** The engine's. */
  readonly upstream: Endpoint
  /** Of the socket file: its number or name; undefined: as the system makes it. */
  readonly group: string | undefined
  /** How long calls under way may go on after the socket's end. */
  readonly graceMs: number
}

export interface DockerSocketTools {
  /** Undefined: nobody here knows members, so no call waits. */
  readonly drain: Drain | undefined
  readonly log: Logger
}

export interface DockerSocket extends AsyncDisposable {
  /** Where it listens, with the port it got. */
  readonly endpoint: Endpoint
}

/** Each costs two descriptors. */
const connectionsMax = 1000

/** Rejects with a DockerSocketError when it cannot listen. Disposal lets calls under way go on for the grace time. */
export async function openDockerSocket(options: DockerSocketOptions, tools: DockerSocketTools): Promise<DockerSocket> {
  const { listen, upstream, mode, graceMs } = options
  const { drain, log } = tools
  if (shown(listen) === shown(upstream)) {
    const reason = `it would listen where it expects the engine, at ${shown(listen)}`
    throw new DockerSocketError(`the Docker API socket: ${reason}; name the engine's by --dockersocket.upstream`)
  }
  const engine = new Engine(upstream, log)
  const { drainTimeoutMs } = options
  const hold = drain && mode === 'full' ? createHold({ drain, engine: upstream, drainTimeoutMs, log }) : undefined
  const connections = new Set<Connection>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const connection = new Connection(client, { mode, isOnTcp: 'host' in listen, engine, hold })
    connections.add(connection)
    connection
      .run()
      .catch((err: unknown) => log.error({ err }, 'the Docker API socket: a connection failed'))
      .finally(() => connections.delete(connection))
  })
  server.maxConnections = connectionsMax
  server.on('drop', () => log.warn({ connectionsMax }, 'the Docker API socket: too many connections, one was closed'))
  server.on('error', (err) => log.error({ err }, 'the Docker API socket: accepting failed'))
  const endpoint = await listenAt(server, options)
  log.info({ listen: shown(endpoint), upstream: shown(upstream), mode }, 'the Docker API socket listens')
  let closing: Promise<void> | undefined
  return {
    endpoint,
    [Symbol.asyncDispose]: () => (closing ??= close(server, connections, graceMs)),
  }
}

async function listenAt(server: Server, { listen, group }: DockerSocketOptions): Promise<Endpoint> {
  if ('path' in listen) {
    const gid = group === undefined ? undefined : await groupId(group)
    await claimPath(listen.path)
    await opened(server, () => listenPrivately(server, listen.path), listen)
    try {
      if (gid !== undefined) await chown(listen.path, -1, gid)
      await chmod(listen.path, 0o660)
    } catch (error) {
      server.close()
      const reason = error instanceof Error ? error.message : String(error)
      throw new DockerSocketError(`the Docker API socket: its file cannot be given to its group: ${reason}`, error)
    }
    return listen
  }
  await opened(server, () => void server.listen(listen.port, listen.host), listen)
  return { host: listen.host, port: (server.address() as AddressInfo).port }
}

/** The file is made within the call: nobody may connect before it has its rights. */
function listenPrivately(server: Server, path: string): void {
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
}

async function opened(server: Server, begin: () => void, listen: Endpoint): Promise<void> {
  try {
    const listening = once(server, 'listening')
    begin()
    await listening
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const wayOut = 'choose another place by --dockersocket.listen'
    throw new DockerSocketError(`the Docker API socket cannot listen at ${shown(listen)}: ${reason}; ${wayOut}`, error)
  }
}

async function close(server: Server, connections: ReadonlySet<Connection>, graceMs: number): Promise<void> {
  const closed = once(server, 'close')
  // Removes the socket file.
  server.close()
  for (const connection of connections) connection.stop()
  const timer = setTimeout(() => {
    for (const connection of connections) connection.destroy()
  }, graceMs)
  await closed
  clearTimeout(timer)
}
