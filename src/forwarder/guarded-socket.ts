// What http-proxy is handed in place of the client's socket. It writes a head of its own making, ends the socket on every
// error and crashes on one it did not expect; here none of that reaches the client.
import { Duplex } from 'node:stream'

export class GuardedSocket extends Duplex {
  readonly #client: Duplex
  readonly #onPassed: () => void
  #open = false
  #headSkipped = false

  /** Shut until `open`. `onPassed` is called for every piece that passes, in either direction. */
  constructor(client: Duplex, onPassed: () => void) {
    super({ allowHalfOpen: true })
    this.#client = client
    this.#onPassed = onPassed
    this.on('error', ignore)
  }

  /** From here on bytes pass, save the first write: that is http-proxy's own head, and the right one was sent already. */
  open(): void {
    const client = this.#client
    this.#open = true
    client.on('data', (chunk: Buffer) => {
      this.#onPassed()
      if (!this.push(chunk)) client.pause()
    })
    client.on('end', () => this.push(null))
    client.resume()
  }

  override _read(): void {
    if (this.#open) this.#client.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#open && this.#headSkipped) {
      this.#onPassed()
      this.#client.write(chunk, done)
      return
    }
    this.#headSkipped = true
    done()
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#open) this.#client.end(() => done())
    else done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#open) this.#client.destroy()
    done(error)
  }

  // The three things http-proxy does to a socket; the client's own settings are the entrypoint's.
  setTimeout(): void {}
  setNoDelay(): void {}
  setKeepAlive(): void {}
}

function ignore(): void {}
