// One end of a TCP connection seen as bytes: a client that says exactly what it is told, or a member that does.
import { connect, type Socket } from 'node:net'

export class RawPeer implements AsyncDisposable {
  readonly socket: Socket
  /** Everything that came so far, one character per byte. */
  received = ''
  /** How the other side stopped sending: in good order, or not. Ours stays open until it is ended or destroyed. */
  readonly over: Promise<'ended' | 'reset'>
  #wake: (() => void)[] = []
  #over = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    this.over = new Promise((resolve) => {
      const end = (how: 'ended' | 'reset'): void => {
        this.#over = true
        this.#notify()
        resolve(how)
      }
      socket.on('end', () => end('ended'))
      socket.on('close', () => end('reset'))
    })
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1')
      this.#notify()
    })
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** What came so far, as soon as `text` is part of it. Rejects when nothing more can come. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.#over) throw new Error(`it ended before ${JSON.stringify(text)}; got ${JSON.stringify(this.received)}`)
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
    return this.received
  }

  /** All that comes until the other side stops sending. */
  async all(): Promise<string> {
    await this.over
    return this.received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.closed) return
    await new Promise<void>((resolve) => {
      this.socket.once('close', () => resolve())
      this.socket.destroy()
    })
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

/** Connects to `port` here and, given a text, sends it. */
export async function connectRaw(port: number, text?: string): Promise<RawPeer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const peer = new RawPeer(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  if (text !== undefined) peer.send(text)
  return peer
}
