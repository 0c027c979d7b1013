// One connection to a member. Its listeners are attached once and call whoever uses it now, so a request adds none.
import type { Socket } from 'node:net'
import type { Inbox } from './inbox.ts'
import { MemberSocket } from './member-socket.ts'
import { countRelayed } from './relayed-bytes.ts'

/** The exchange that has the connection. Undefined while it is idle in its pool. */
export interface ConnectionUser {
  /** The bytes change once it has returned, unless `holdsBytes` then says that they are needed. */
  onReceived(bytes: Buffer): void
  /** What it received is still on its way to the client, some of it at least. */
  readonly holdsBytes: boolean
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
  readonly #inbox: Inbox | undefined

  /**
   * @param inbox where the socket's bytes arrive; undefined: it has 'data' events
   * @param onIdleClosed told when the connection closes while nobody uses it
   */
  constructor(socket: Socket, inbox: Inbox | undefined, onIdleClosed: (connection: Connection) => void) {
    this.#socket = socket
    this.#inbox = inbox
    let failure: Error | undefined
    if (inbox !== undefined) inbox.onBytes = (bytes) => this.#receive(bytes)
    else {
      socket.on('data', (chunk: Buffer) => {
        countRelayed(chunk.length)
        this.#receive(chunk)
      })
    }
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

  /**
   * True when a write failed on the spot because the member had closed the connection before it was sent anything on it, or
   * before all of that had arrived (EPIPE). Had it closed with something unread, as one does that breaks off in the middle of
   * a request, or had it read everything, there would be another error or none.
   */
  get wasClosedBefore(): boolean {
    const socket = this.#socket
    return socket instanceof MemberSocket && socket.writeError?.code === 'EPIPE'
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

  #receive(bytes: Buffer): void {
    const { user } = this
    // Bytes nobody asked for: whatever they are, they are not the answer to the next request.
    if (user === undefined) {
      this.#socket.destroy()
      return
    }
    const inbox = this.#inbox
    if (!user.holdsBytes) inbox?.takeBack()
    user.onReceived(bytes)
    if (user.holdsBytes) inbox?.lend()
    // Whoever uses the connection next knows nothing of what this one still holds.
    if (this.user !== user) inbox?.forget()
  }

  /** Gives the connection up; its user hears nothing more of it. */
  destroy(): void {
    this.user = undefined
    this.#socket.destroy()
  }
}
