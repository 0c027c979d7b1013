// Bodies that say whose they are: each request's is a stretch of one long noise, from a place its id gives. A byte lost,
// repeated, or of somebody else's answer is seen where it stands, and nobody has to hold a body to check it.
import { createCipheriv } from 'node:crypto'

/** A prime: pieces of no size repeat themselves in it. */
const period = 1_048_573
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'soak'), Buffer.alloc(16)).update(Buffer.alloc(period))
const pieceBytes = 16 * 1024

/** The body in pieces. They are parts of the noise: not to be written to. */
export function* bodyPieces(id: string, bytes: number, piece: number = pieceBytes): Generator<Buffer> {
  let at = placeOf(id)
  for (let left = bytes; left > 0;) {
    const end = Math.min(at + piece, at + left, period)
    yield noise.subarray(at, end)
    left -= end - at
    at = end % period
  }
}

/** For small ones. */
export function bodyOf(id: string, bytes: number): Buffer {
  return Buffer.concat([...bodyPieces(id, bytes)])
}

/** Compares a body with what it should be, as it comes. */
export class BodyCheck {
  readonly #bytes: number
  #at: number
  #taken = 0
  #same = true

  constructor(id: string, bytes: number) {
    this.#bytes = bytes
    this.#at = placeOf(id)
  }

  take(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const length = Math.min(chunk.length - from, period - this.#at)
      const same = noise.compare(chunk, from, from + length, this.#at, this.#at + length) === 0
      this.#same &&= same
      this.#at = (this.#at + length) % period
      this.#taken += length
      from += length
    }
  }

  /** What is wrong with the body, now that it is complete; undefined: nothing. */
  get fault(): string | undefined {
    if (!this.#same) return `other bytes than expected among ${this.#taken}`
    return this.#taken === this.#bytes ? undefined : `${this.#taken} bytes instead of ${this.#bytes}`
  }
}

/** FNV-1a. */
function placeOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % period
}
