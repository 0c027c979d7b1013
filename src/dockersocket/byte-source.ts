// What arrives on a socket, read piece by piece, with a bounded amount read ahead: whoever waits for something else all the
// same learns that the other side is gone. And its counterpart, a write that waits until there is room for more.
import type { Socket } from 'node:net'

/** Read ahead of whoever consumes it. */
const aheadBytesMax = 64 * 1024

/** The connection ended where it may not. */
export class CutError extends Error {
  override readonly name = 'CutError'
}

export class ByteSource {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  readonly #listeners = new Set<() => void>()
  #bytes = 0
  #state: 'open' | 'ended' | 'cut' = 'open'
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#bytes += chunk.length
      if (this.#bytes >= aheadBytesMax) socket.pause()
      this.#rouse()
    })
    socket.on('end', () => this.#finish('ended'))
    // An error is always followed by this.
    socket.on('close', () => this.#finish('cut'))
    socket.on('error', () => undefined)
  }

  /** The other side stopped sending: in good order, or not. There may be bytes of it left to read. */
  get state(): 'open' | 'ended' | 'cut' {
    return this.#state
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0
  }

  /** The next bytes; undefined after the last. Rejects with a CutError when the connection broke. One reader at a time. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        this.#bytes -= chunk.length
        if (this.#bytes < aheadBytesMax) this.#socket.resume()
        return chunk
      }
      if (this.#state === 'ended') return undefined
      if (this.#state === 'cut') throw new CutError('the connection was cut')
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
  }

  /** Gives back what was read too far. */
  unread(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.unshift(chunk)
    this.#bytes += chunk.length
  }

  /** Calls back once the other side has stopped sending, at once if it has already. */
  onOver(listener: () => void): Disposable {
    if (this.#state === 'open') this.#listeners.add(listener)
    else listener()
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  #finish(state: 'ended' | 'cut'): void {
    if (this.#state !== 'open') return
    this.#state = state
    this.#rouse()
    for (const listener of this.#listeners) listener()
  }

  #rouse(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}

/** Ends our side; settles when the last byte is out, or the connection broken. */
export function finish(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.end(() => resolve())
  return promise
}

/** Settles when the socket has room for more. Rejects with a CutError when it is closed. */
export async function send(socket: Socket, bytes: Buffer | string): Promise<void> {
  if (socket.destroyed || socket.writableEnded) throw new CutError('the connection is closed')
  if (socket.write(bytes)) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(new CutError('the connection was cut'))
  socket.once('drain', resolve)
  socket.once('close', onClose)
  try {
    await promise
  } finally {
    socket.off('drain', resolve)
    socket.off('close', onClose)
  }
}
