// Where a member's bytes arrive. Node would allocate 64 KB for every read and leave them to the garbage collector; here a
// connection reads into memory of its own, again and again.
import type { OnReadOpts } from 'node:net'

const spaceBytes = 64 * 1024

export class Inbox implements OnReadOpts {
  /** Told of what arrived. The bytes are overwritten by the next read, unless `lend` is called before it returns. */
  onBytes: (bytes: Buffer) => void = ignore
  #space: Buffer | undefined
  readonly #lent: Buffer[] = []

  /** Asked for after every read: memory for the next one. */
  readonly buffer = (): Buffer => (this.#space ??= Buffer.allocUnsafeSlow(spaceBytes))

  readonly callback = (length: number): boolean => {
    this.onBytes(this.buffer().subarray(0, length))
    return true
  }

  /** What has just arrived stays as it is: somebody still writes it out. */
  lend(): void {
    if (this.#space !== undefined) this.#lent.push(this.#space)
    this.#space = undefined
  }

  /** Whatever was lent has been written out. */
  takeBack(): void {
    if (this.#lent.length === 0) return
    this.#space ??= this.#lent.pop()
    // One to read into while the other is written out is enough: more means that the pace has changed.
    this.#lent.length = 0
  }

  /** Nobody will say when what was lent is free: it must never be read into again. */
  forget(): void {
    this.#lent.length = 0
  }
}

function ignore(): void {}
