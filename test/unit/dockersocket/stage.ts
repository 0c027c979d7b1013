// A Docker API socket before an engine that says what a test tells it to, byte by byte.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDockerSocket } from '../../../src/dockersocket/docker-socket.ts'
import type { DockerSocketOptions } from '../../../src/dockersocket/docker-socket.ts'
import type { Drain } from '../../../src/dockersocket/hold.ts'
import { RawPeer } from '../../support/raw-peer.ts'

export interface Line {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The engine's end of a connection, and what it was asked. */
export interface Stage extends AsyncDisposable {
  /** A connection to the socket, with a text sent if one is given. */
  client(text?: string): Promise<RawPeer>
  /** The next connection the engine has got, in their order. */
  engineSide(): Promise<RawPeer>
  /** How many connections the engine has got so far. */
  readonly dialled: number
  readonly log: readonly Line[]
  readonly path: string
  /** When it listens on TCP. */
  readonly port: number
  readonly enginePath: string
  stopEngine(): Promise<void>
  startEngine(): Promise<void>
  stop(): Promise<void>
}

export interface StageOptions extends Partial<Omit<DockerSocketOptions, 'upstream'>> {
  readonly drain?: Drain
  /** Answers connections by itself: then `engineSide` gives none. */
  readonly engine?: (socket: Socket) => void
}

export async function openStage({ drain, engine, ...options }: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-socket-'))
  const [path, enginePath] = [join(directory, 'muster.sock'), join(directory, 'engine.sock')]
  const peers: RawPeer[] = []
  const arrived: RawPeer[] = []
  const waiting: ((peer: RawPeer) => void)[] = []
  const sockets = new Set<Socket>()
  let dialled = 0
  const listen = async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      dialled++
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => {})
      if (engine !== undefined) return engine(socket)
      const peer = new RawPeer(socket)
      peers.push(peer)
      const next = waiting.shift()
      if (next === undefined) arrived.push(peer)
      else next(peer)
    }).listen(enginePath)
    await once(server, 'listening')
    return server
  }
  let server = await listen()
  const log: Line[] = []
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void log.push({ level, message, fields: fields as Line['fields'] })
  const socket = await openDockerSocket(
    {
      listen: { path },
      mode: 'full',
      drainTimeoutMs: 10_000,
      upstream: { path: enginePath },
      group: undefined,
      graceMs: 0,
      ...options,
    },
    { drain, log: { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') } },
  )
  const stopEngine = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const open of sockets) open.destroy()
    await closed
  }
  return {
    path,
    enginePath,
    port: 'port' in socket.endpoint ? socket.endpoint.port : 0,
    log,
    get dialled() {
      return dialled
    },
    async client(text) {
      const to = 'path' in socket.endpoint ? { path: socket.endpoint.path } : socket.endpoint
      const client = connect({ ...to, allowHalfOpen: true })
      const peer = new RawPeer(client)
      peers.push(peer)
      await once(client, 'connect')
      if (text !== undefined) peer.send(text)
      return peer
    },
    engineSide: async () => arrived.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    stopEngine,
    async startEngine() {
      server = await listen()
    },
    stop: async () => socket[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await socket[Symbol.asyncDispose]()
      for (const peer of peers) await peer[Symbol.asyncDispose]()
      if (server.listening) await stopEngine()
      await rm(directory, { recursive: true })
    },
  }
}

/** A request as docker's clients send it. */
export function ask(line: string, ...fields: string[]): string {
  return [`${line} HTTP/1.1`, 'Host: docker', ...fields, '', ''].join('\r\n')
}

/** An answer of an engine with a JSON body. */
export function json(body: unknown, status = '200 OK'): string {
  const text = JSON.stringify(body)
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}
