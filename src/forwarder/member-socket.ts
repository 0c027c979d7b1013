// A TCP connection to a member that is still listened to when it can no longer be written to. A member that answers an
// upload early and closes makes our next write fail while its answer waits in the kernel; node would throw that away.
import { Socket } from 'node:net'
import type { Inbox } from './inbox.ts'

type Written = (error?: Error | null) => void

export class MemberSocket extends Socket {
  /** Why writing stopped. What can be read still comes, and then the end. */
  writeError: NodeJS.ErrnoException | undefined
  /** Of the one write under way: a stream begins none before the last is done. */
  #written: Written | undefined
  readonly #onWritten: Written = (error) => this.#afterWrite(error)

  /** @param inbox where what arrives goes; undefined: 'data' events, as of any stream */
  constructor(inbox?: Inbox) {
    super(inbox && { onread: inbox })
    this.once('end', () => {
      // The failed write took the reset along; an end without one would pass for good order.
      if (this.writeError !== undefined) this.destroy(this.writeError)
    })
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, written: Written): void {
    this.#written = written
    super._write(chunk, encoding, this.#onWritten)
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], written: Written): void {
    this.#written = written
    super._writev?.(chunks, this.#onWritten)
  }

  /** These two errors mean that the other side is gone, hence that reading comes to an end by itself. */
  #afterWrite(error: NodeJS.ErrnoException | null | undefined): void {
    if (error?.code === 'EPIPE' || error?.code === 'ECONNRESET') this.writeError = error
    else this.#written?.(error)
  }
}
