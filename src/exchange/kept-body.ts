// What was read of a request's body, kept so that another member can be sent it when one fails. Bounded per request and
// per thread: what is past the bounds is never held, and the request is not repeated.
import type { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'

/** What a piece takes besides its bytes: a client may send them one at a time. */
const pieceOverhead = 256
/** Smaller pieces than make up a body of the default size this way are mostly overhead. */
const piecesMax = 256

/** How much one thread keeps of all bodies together. */
export class ReplayMemory {
  /** Bytes of one body; 0: none is kept. */
  readonly perRequest: number
  readonly #limit: number
  #kept = 0

  constructor(limits: { readonly maxReplayBytes: number; readonly maxReplayMemory: number }) {
    this.perRequest = limits.maxReplayBytes
    this.#limit = limits.maxReplayMemory
  }

  /** Never more than the limit. */
  get kept(): number {
    return this.#kept
  }

  take(bytes: number): boolean {
    if (this.#kept + bytes > this.#limit) return false
    this.#kept += bytes
    return true
  }

  give(bytes: number): void {
    this.#kept -= bytes
  }
}

/** Made when a member is about to be sent the body of a request that may be repeated. */
export class KeptBody {
  /** node:http makes a buffer of its own for each: nobody writes to them again. */
  #pieces: Buffer[] = []
  readonly #memory: ReplayMemory
  #whole = true
  #bytes = 0
  #taken = 0

  /** Lets go of everything when `response` is over, at the latest. */
  constructor(memory: ReplayMemory, response: ServerResponse) {
    this.#memory = memory
    response.once('close', () => this.drop())
  }

  /** True while all that was read of the body is here. */
  get whole(): boolean {
    return this.#whole
  }

  /** What was read of it; stays as it is while somebody goes through it, even if it is dropped meanwhile. */
  get pieces(): readonly Buffer[] {
    return this.#pieces
  }

  keep(piece: Buffer): void {
    if (!this.#whole) return
    const memory = this.#memory
    const takes = piece.length + pieceOverhead
    this.#bytes += piece.length
    if (this.#bytes > memory.perRequest || this.#pieces.length === piecesMax || !memory.take(takes)) return this.drop()
    this.#taken += takes
    this.#pieces.push(piece)
  }

  /** For good: the request will not be repeated. */
  drop(): void {
    this.#whole = false
    this.#pieces = []
    this.#memory.give(this.#taken)
    this.#taken = 0
  }
}

/** Whether a member can be sent the body from its beginning, as far as it has come. */
export function canSendBody({ framing, keptBody, request }: Exchange): boolean {
  return framing.kind === 'none' || (keptBody === undefined ? !request.readableDidRead : keptBody.whole)
}
