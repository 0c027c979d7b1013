// The engine's socket as it may be lost: a relay in front of it that can go away, with everything that goes through it, and come back.
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'

export class SocketRelay implements AsyncDisposable {
  readonly path: string
  readonly #engine: string
  readonly #open = new Set<Socket>()
  #server: Server | undefined

  private constructor(path: string, engine: string) {
    this.path = path
    this.#engine = engine
  }

  static async open(path: string, engine = '/var/run/docker.sock'): Promise<SocketRelay> {
    const relay = new SocketRelay(path, engine)
    await relay.restore()
    return relay
  }

  get address(): string {
    return `unix://${this.path}`
  }

  async restore(): Promise<void> {
    this.#server = createServer((client) => this.#relay(client)).listen(this.path)
    await once(this.#server, 'listening')
  }

  /** The file goes, and every connection is cut. */
  async lose(): Promise<void> {
    const closed = this.#server?.[Symbol.asyncDispose]()
    for (const socket of this.#open) socket.destroy()
    await closed
    this.#server = undefined
    await rm(this.path, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server) await this.lose()
  }

  #relay(client: Socket): void {
    const engine = connect(this.#engine)
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}
