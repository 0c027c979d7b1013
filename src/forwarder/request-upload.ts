// Carries a request's body from the client to the member, in the framing the head announced.
import type { IncomingMessage } from 'node:http'
import type { Framing } from '../exchange/exchange.ts'
import type { Connection } from './connection.ts'
import { passableTrailers } from './trailers.ts'

export interface UploadOwner {
  onUploadWritten(bytes: number): void
  onUploaded(): void
  /** The body does not have the length that was announced: what follows it would be read as a request. */
  onUploadMismatch(): void
}

/**
 * How much of a body nobody wants is read and dropped, so that the client gets round to reading its answer. Past that
 * its connection is closed.
 */
const discardBytesMax = 4 * 1024 * 1024

export class RequestUpload {
  /** True once a byte was taken from the client: the body cannot be sent again. */
  consumed = false
  finished = false
  readonly #request: IncomingMessage
  readonly #connection: Connection
  readonly #owner: UploadOwner
  /** Bytes still due; NaN when chunked. */
  #left: number
  readonly #onData = (chunk: Buffer): void => this.#pass(chunk)
  readonly #onEnd = (): void => this.#finish()

  constructor(request: IncomingMessage, framing: Framing, connection: Connection, owner: UploadOwner) {
    this.#request = request
    this.#connection = connection
    this.#owner = owner
    this.#left = framing.kind === 'length' ? framing.bytes : Number.NaN
  }

  start(): void {
    this.#request.on('data', this.#onData)
    this.#request.on('end', this.#onEnd)
    this.#request.resume()
  }

  /** The member reads again. */
  drained(): void {
    if (!this.finished) this.#request.resume()
  }

  /** Leaves the rest of the body unread. */
  stop(): void {
    this.#request.removeListener('data', this.#onData)
    this.#request.removeListener('end', this.#onEnd)
    this.#request.pause()
  }

  /** Reads the rest and drops it: the answer is on its way, and the client's next request stands behind this body. */
  discard(): void {
    this.stop()
    const request = this.#request
    let discarded = 0
    request.on('data', (chunk: Buffer) => {
      discarded += chunk.length
      if (discarded > discardBytesMax) request.destroy()
    })
    request.resume()
  }

  #pass(chunk: Buffer): void {
    this.consumed = true
    if (Number.isNaN(this.#left)) this.#passChunk(chunk)
    else if (chunk.length > this.#left) this.#owner.onUploadMismatch()
    else {
      this.#left -= chunk.length
      this.#owner.onUploadWritten(chunk.length)
      if (!this.#connection.write(chunk)) this.#request.pause()
    }
  }

  #passChunk(chunk: Buffer): void {
    const size = `${chunk.length.toString(16)}\r\n`
    this.#connection.cork()
    this.#connection.write(size)
    this.#connection.write(chunk)
    const more = this.#connection.write('\r\n')
    this.#connection.uncork()
    this.#owner.onUploadWritten(size.length + chunk.length + 2)
    if (!more) this.#request.pause()
  }

  #finish(): void {
    this.consumed = true
    if (Number.isNaN(this.#left)) {
      const trailers = passableTrailers(this.#request.rawTrailers)
      const end = `0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
      this.#connection.write(end)
      this.#owner.onUploadWritten(end.length)
    } else if (this.#left > 0) {
      this.#owner.onUploadMismatch()
      return
    }
    this.finished = true
    this.#owner.onUploaded()
  }
}
