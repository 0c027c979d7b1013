// Carries a request's body from the client to the member, in the framing the head announced.
import type { IncomingMessage } from 'node:http'
import type { HttpExchange } from '../exchange/exchange.ts'
import type { KeptBody } from '../exchange/kept-body.ts'
import { discardBody } from '../exchange/request-body.ts'
import type { Connection } from './connection.ts'
import { passableTrailers } from './trailers.ts'

export interface UploadOwner {
  /** Told after each write, whether it failed or not. */
  onUploadWritten(bytes: number): void
  onUploaded(): void
  /** The body does not have the length that was announced: what follows it would be read as a request. */
  onUploadMismatch(): void
}

export class RequestUpload {
  finished = false
  readonly #request: IncomingMessage
  /** Undefined: nothing of this body will be sent again. */
  readonly #kept: KeptBody | undefined
  readonly #connection: Connection
  readonly #owner: UploadOwner
  /** Bytes still due; NaN when chunked. */
  #left: number
  readonly #onData = (chunk: Buffer): void => this.#receive(chunk)
  readonly #onEnd = (): void => this.#finish()

  constructor({ request, framing, keptBody }: HttpExchange, connection: Connection, owner: UploadOwner) {
    this.#request = request
    this.#kept = keptBody
    this.#connection = connection
    this.#owner = owner
    this.#left = framing.kind === 'length' ? framing.bytes : Number.NaN
  }

  /** Begins with what another member was sent before this one. */
  start(): void {
    const more = this.#replay()
    const request = this.#request
    if (request.readableEnded) {
      this.#finish()
      return
    }
    request.on('data', this.#onData)
    request.on('end', this.#onEnd)
    if (more) request.resume()
  }

  /** False: the rest has to wait until the member takes more. */
  #replay(): boolean {
    const pieces = this.#kept?.pieces
    if (pieces === undefined || pieces.length === 0) return true
    let more = true
    this.#connection.cork()
    for (const piece of pieces) more = this.#pass(piece)
    this.#connection.uncork()
    return more
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

  /** Reads the rest and drops it. */
  discard(): void {
    this.stop()
    discardBody(this.#request)
  }

  #receive(chunk: Buffer): void {
    if (chunk.length > this.#left) this.#mismatch()
    else {
      this.#kept?.keep(chunk)
      if (!this.#pass(chunk)) this.#request.pause()
    }
  }

  /** False: the member takes no more for now. */
  #pass(chunk: Buffer): boolean {
    if (Number.isNaN(this.#left)) return this.#passChunk(chunk)
    this.#left -= chunk.length
    const more = this.#connection.write(chunk)
    this.#owner.onUploadWritten(chunk.length)
    return more
  }

  #passChunk(chunk: Buffer): boolean {
    const size = `${chunk.length.toString(16)}\r\n`
    this.#connection.cork()
    this.#connection.write(size)
    this.#connection.write(chunk)
    const more = this.#connection.write('\r\n')
    this.#connection.uncork()
    this.#owner.onUploadWritten(size.length + chunk.length + 2)
    return more
  }

  #finish(): void {
    if (Number.isNaN(this.#left)) {
      const trailers = passableTrailers(this.#request.rawTrailers)
      const end = `0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
      this.#connection.write(end)
      this.#owner.onUploadWritten(end.length)
    } else if (this.#left > 0) {
      this.#mismatch()
      return
    }
    this.finished = true
    this.#owner.onUploaded()
  }

  /** No other member would fare better with it. */
  #mismatch(): void {
    this.#kept?.drop()
    this.#owner.onUploadMismatch()
  }
}
