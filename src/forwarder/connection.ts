// One connection to a member. Its listeners are attached once and call whoever uses it now, so a request adds none.
import type { Socket } from 'node:net'
import { MemberSocket } from './member-socket.ts'

/** The exchange that has the connection. Undefined while it is idle in its pool. */
export interface ConnectionUser {
  onReceived(chunk: Buffer): void
  /** What was written has left; more may be written. */
  onDrained(): void
  /** The member closed its side in good order. */
  onEnded(): void
  onClosed(error: Error | undefined): void
}

export class Connection {
  user: ConnectionUser | undefined
  /** True when it has served an exchange before: the member may have closed it already, unseen. */
  reused = false
  /** `performance.now()` after which it must not be used again. */
  usableUntil = 0
  readonly #socket: Socket

  /** `onIdleClosed` is told when the connection closes while nobody uses it. */
  constructor(socket: Socket, onIdleClosed: (connection: Connection) => void) {
    this.#socket = socket
    let failure: Error | undefined
    socket.on('data', (chunk: Buffer) => {
      // Bytes nobody asked for: whatever they are, they are not the answer to the next request.
      if (this.user === undefined) socket.destroy()
      else this.user.onReceived(chunk)
    })
    socket.on('drain', () => this.user?.onDrained())
    socket.on('end', () => {
      if (this.user === undefined) socket.destroy()
      // After an error the close event follows, and tells.
      else if (socket.errored === null) this.user.onEnded()
    })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      if (this.user === undefined) onIdleClosed(this)
      else this.user.onClosed(failure)
    })
  }

  get alive(): boolean {
    return this.#socket.readable && this.#socket.writable
  }

  /** True when all that was written has been handed to the kernel. */
  get flushed(): boolean {
    return this.#socket.writableLength === 0
  }

  /** True when a write failed on the spot: not one byte of it left this machine. The end of the connection follows. */
  get writeFailed(): boolean {
    const socket = this.#socket
    return socket.errored !== null || (socket instanceof MemberSocket && socket.writeError !== undefined)
  }

  /** Writes text as latin1, bytes as they are. False: wait for `onDrained` before writing more. */
  write(data: string | Buffer): boolean {
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** Gives the connection up; its user hears nothing more of it. */
  destroy(): void {
    this.user = undefined
    this.#socket.destroy()
  }
}
