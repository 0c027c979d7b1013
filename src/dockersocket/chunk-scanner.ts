// Finds the end of a chunked body in the bytes that pass by (RFC 9112 section 7.1). Strict: no extensions, no bare line feeds;
// nobody who speaks to an engine sends them, and readers differ about them.

export class ChunkError extends Error {
  override readonly name = 'ChunkError'
}

/** Of a size line or a trailer field, and of all trailers together. */
const lineBytesMax = 8192
const trailersMax = 64

export class ChunkScanner {
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size'
  /** Bytes of the chunk to come. */
  #left = 0
  #line = ''
  #trailers = 0

  /** How many of these bytes belong to the body, and whether it ends with them. */
  scan(bytes: Buffer): { readonly taken: number; readonly done: boolean } {
    let at = 0
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const step = Math.min(this.#left, bytes.length - at)
        this.#left -= step
        at += step
        if (this.#left === 0) this.#state = 'data-end'
        continue
      }
      const feed = bytes.indexOf(10, at)
      const end = feed === -1 ? bytes.length : feed + 1
      this.#line += bytes.toString('latin1', at, end)
      at = end
      if (this.#line.length > lineBytesMax) throw new ChunkError('a line between chunks is too long')
      if (feed !== -1) this.#take()
    }
    return { taken: at, done: this.#state === 'done' }
  }

  /** A whole line is there. */
  #take(): void {
    if (!this.#line.endsWith('\r\n')) throw new ChunkError('a line between chunks does not end in CR LF')
    const line = this.#line.slice(0, -2)
    this.#line = ''
    if (this.#state === 'data-end') {
      if (line !== '') throw new ChunkError('a chunk is longer than it says')
      this.#state = 'size'
    } else if (this.#state === 'size') {
      if (!/^[\da-f]{1,12}$/i.test(line)) throw new ChunkError('the size of a chunk cannot be read')
      this.#left = Number.parseInt(line, 16)
      this.#state = this.#left === 0 ? 'trailer' : 'data'
    } else if (line === '') this.#state = 'done'
    else if (++this.#trailers > trailersMax || !/^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e\x80-\xff]*$/.test(line)) {
      throw new ChunkError('a trailer cannot be read')
    }
  }
}
